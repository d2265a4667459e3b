import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { scopes } from "#/lib/contract/access.ts";
import { listeningUrl, startBackground, type BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { deathHeaderName } from "#/tests/chaos/death-header.ts";
import { push } from "#/tests/support/engine.ts";
import { httpApi } from "#/tests/support/http-api.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let key: string;
let ended: string;
const logDirectory = mkdtempSync(join(tmpdir(), "reprise-web-"));
const started: BackgroundProcess[] = [];

beforeAll(async () => {
  tenant = await createTenant();
  key = (await createApiKey(tenant.system, { name: "all", scopes: [...scopes] })).secret;
  await push(tenant.system, "idle", { name: "idle", nodes: [{ id: "only", type: "transform", value: 1 }] });
  ended = (await triggerRun(tenant.system, "idle", {}, "api")).id;
  await cancelRun(tenant.system, ended);
});
afterAll(async () => {
  await Promise.all(started.map((web) => web.stop(2000)));
  rmSync(logDirectory, { recursive: true, force: true });
});

async function startWeb() {
  const env = {
    ...process.env,
    PORT: "0",
    REPRISE_LOG_FORMAT: "json",
    NODE_OPTIONS: "--import ./tests/chaos/process-faults.ts",
  };
  const web = startBackground({ name: `web-${started.length}`, script: "tests/chaos/route-web.ts", env, logDirectory });
  started.push(web);
  return { web, api: httpApi(await listeningUrl(web), key) };
}

async function storedRuns(): Promise<number> {
  const [row] = await rawClient()<{ n: number }[]>`
    select count(*)::int as n from runs where workspace_id = ${tenant.workspace.id}`;
  return row?.n ?? -1;
}

const requests = {
  "a trigger": () => ({ path: "/workflows/idle/runs", body: { payload: { n: 1 } }, makesRun: true }),
  "a replay": () => ({ path: `/runs/${ended}/replay`, body: {}, makesRun: true }),
  "a cancel": async () => {
    const { id } = await triggerRun(tenant.system, "idle", {}, "api");
    return { path: `/runs/${id}/cancel`, body: {}, makesRun: false };
  },
};

test.each(Object.entries(requests))(
  "a web process that dies between commit and answer: %s that is sent again gives the first one's result, once",
  async (_, prepare) => {
    const { path, body, makesRun } = await prepare();
    const headers = { "idempotency-key": `once-${path}` };
    const before = await storedRuns();
    const first = await startWeb();
    const dying = first.api.call("POST", path, { body, headers: { ...headers, [deathHeaderName]: "1" } });
    await expect(dying).rejects.toThrow("fetch failed");
    expect(await first.web.exited).toEqual({ code: null, signal: "SIGKILL" });
    expect(await storedRuns()).toBe(before + (makesRun ? 1 : 0));

    const second = await startWeb();
    const answers = [
      await second.api.call("POST", path, { body, headers }),
      await second.api.call("POST", path, { body, headers }),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.headers.get("idempotent-replayed")]).toEqual([makesRun ? 202 : 200, "true"]);
      expect(answer.text).toBe(answers[0]?.text);
    }
    expect(await storedRuns()).toBe(before + (makesRun ? 1 : 0));
    const [stored] = await rawClient()`select status from runs where id = ${answers[0]?.body.id as string}`;
    expect(stored).toEqual({ status: makesRun ? "pending" : "cancelled" });
  },
);
