import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { closeDatabase, database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { listen, readJson, sendJson } from "#/lib/demo/json-http.ts";
import { startProvider } from "#/lib/demo/provider/server.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { sweepAdmissions } from "#/lib/runs/sweep.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { createTestDatabase } from "./database.ts";
import { finished, push, startWorker } from "./engine.ts";
import { createTenant, useDatabase, type Tenant } from "./tenants.ts";

/** One request as the receiver of tool calls saw it. */
type Received = { method: string; path: string; body: Json; headers: Record<string, string | undefined> };
/** How the shop answers a request to a path. */
type Behaviour = (path: string) => { status: number; afterMs: number };
export type Stage = Awaited<ReturnType<typeof openStage>>;

/** A service that tools call: it remembers every request and numbers its answers. `answer` scripts the next ones. */
async function startShop() {
  const requests: Received[] = [];
  const scripted: number[] = [];
  const held: (() => void)[] = [];
  let behave: Behaviour = () => ({ status: 200, afterMs: 0 });
  const listening = await listen(async (request, response) => {
    const body = await readJson(request).catch(() => null);
    const { method = "", url = "", headers } = request;
    const answer = () => sendJson(response, scripted.shift() ?? 200, { number: requests.length, path: url });
    if (url === "/held") return void held.push(answer);
    requests.push({ method, path: url, body, headers: headers as Received["headers"] });
    const { status, afterMs } = behave(url);
    const answered = { number: requests.length, path: url };
    if (afterMs > 0) await sleep(afterMs);
    sendJson(response, scripted.shift() ?? status, answered);
  });
  return {
    ...listening,
    requests,
    /** Statuses of the next answers; 200 after them. */
    answer: (...statuses: number[]) => void scripted.push(...statuses),
    /** How it answers where no answer is scripted. */
    behave: (how: Behaviour) => void (behave = how),
    /**
     * Requests of these methods (of all when none is named) since the last `forget`, which drops scripted answers too.
     */
    sent: (...methods: string[]) =>
      requests.filter((request) => methods.length === 0 || methods.includes(request.method)),
    forget: () => {
      requests.length = 0;
      scripted.length = 0;
    },
    /** Answers requests to `/held`, which wait for this. */
    held,
  };
}

/** A database, a worker in this process, a provider and a shop: all that a replay needs, none of it faked. */
export async function openStage() {
  const testDatabase = await createTestDatabase();
  useDatabase(testDatabase.url);
  const shop = await startShop();
  const provider = await startProvider({ speed: 0 });
  process.env["REPRISE_EGRESS_ALLOW"] = new URL(shop.url).host;
  for (const name of ["ANTHROPIC", "OPENAI"]) {
    process.env[`${name}_API_KEY`] = "test";
    process.env[`${name}_BASE_URL`] = name === "OPENAI" ? `${provider.url}/v1` : provider.url;
  }
  const worker = await startWorker(20);
  return {
    shop,
    provider,
    async close() {
      await worker.stop();
      await Promise.all([shop.close(), provider.close()]);
      await closeDatabase();
      await testDatabase.drop();
    },
  };
}

/** A workspace of its own, whose workflows find the shop at `env.SHOP`. */
export async function tenantOf(stage: Stage, accountId?: string): Promise<Tenant> {
  const tenant = await createTenant(accountId);
  await putVariables(tenant.system, "production", { variables: { SHOP: stage.shop.url } });
  return tenant;
}

/** Runs a workflow to its end and gives the run back. */
export async function runOf(ctx: Ctx, slug: string, payload: Json = {}) {
  const accepted = await triggerRun(ctx, slug, { payload }, "api");
  return finished(ctx, accepted.id);
}

/** Pushes a workflow and runs it once. */
export async function recorded(ctx: Ctx, slug: string, definition: object, payload: Json = {}) {
  await push(ctx, slug, definition);
  return runOf(ctx, slug, payload);
}

/** Replays a run and waits for the end of the replay. */
export async function replayed(ctx: Ctx, runId: string, request: ReplayRequest = {}) {
  const accepted = await submitReplay(ctx, runId, request);
  return finished(ctx, accepted.id);
}

/**
 * Keeps further runs of the workspace from starting until the returned function is called: one run holds its only slot.
 */
export async function holdRuns(stage: Stage, { workspace, system }: Tenant): Promise<() => Promise<void>> {
  const set = (most: number) =>
    database().execute(sql`update workspaces set max_running = ${most} where id = ${workspace.id}`);
  await set(1);
  const nodes = [{ id: "hold", type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/held" } }];
  await push(system, "holder", { name: "holder", nodes }).catch(() => null);
  const holder = await triggerRun(system, "holder", {}, "api");
  while (stage.shop.held.length === 0) await sleep(10);
  return async () => {
    await set(100);
    for (const answer of stage.shop.held.splice(0)) answer();
    await finished(system, holder.id);
    await sweepAdmissions();
  };
}
