import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOrders } from "#/lib/demo/orders/server.ts";
import { startProvider } from "#/lib/demo/provider/server.ts";
import { demoEnvironment } from "#/lib/launcher/demo-environment.ts";
import { freePort, onFreePort } from "#/lib/launcher/free-port.ts";
import { bundleAsInImage, type BundledProcess } from "#/tests/support/bundle.ts";
import { loadDump } from "#/tests/support/database-dump.ts";
import { createBareDatabase, type TestDatabase } from "#/tests/support/database.ts";
import { httpApi } from "#/tests/support/http-api.ts";

/** Made by the release before batches; the file says what it holds. */
const dump = readFileSync(join(import.meta.dirname, "../fixtures/rows-at-0021.sql"), "utf8");
const apiKey = /API key, .*: (rp_live_\S+)/.exec(dump)?.[1] ?? "";
const runs = {
  completed: "run_01m8k4me2s7jjh2zrfxfte93tr",
  failed: "run_01m8k4mfnvcxp2yp3kdj3t9d4p",
  replay: "run_01m8k4mge0fvvz64rxqhb8vj4r",
  waiting: "run_01m8k4mgwh3mtq0pknty64prnf",
  delayed: "run_01m8k4mh34ntkcv77kpk6xefpm",
};

let bundle: Awaited<ReturnType<typeof bundleAsInImage>>;
let database: TestDatabase;
let settings: Record<string, string>;
const closers: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  bundle = await bundleAsInImage();
  closers.push(() => bundle.remove());
  database = await createBareDatabase();
  closers.push(() => database.drop());
  const provider = await startProvider({ speed: 0 });
  const orders = await startOrders();
  closers.push(provider.close, orders.close);
  settings = demoEnvironment(
    {
      NEXTAUTH_SECRET: "a secret of sessions for this test",
      REPRISE_MASTER_KEYS: /REPRISE_MASTER_KEYS: (\S+)/.exec(dump)?.[1] ?? "",
      DATABASE_URL: database.applicationUrl,
    } as Partial<NodeJS.ProcessEnv> as NodeJS.ProcessEnv,
    { providerUrl: provider.url, ordersUrl: orders.url },
  ) as Record<string, string>;
  settings.ORDERS = orders.url;
});
afterAll(async () => {
  for (const close of closers.toReversed()) await close();
});

/** Starts a role on ports that are free, and waits until each answers its probe with `state`. */
async function serve(env: Record<string, string>, state = "ok") {
  let server: BundledProcess | undefined;
  const webUrl = await onFreePort(3_600, async (port) => {
    // Not beside the web's: a worker alone leaves that one free.
    const workerPort = await freePort(3_800);
    const { ORDERS: _, ...given } = settings;
    server = bundle.run("reprise-server", [], {
      ...given,
      ...env,
      PORT: String(port),
      NEXTAUTH_URL: `http://localhost:${port}`,
      REPRISE_WORKER_PORT: String(workerPort),
    });
    const probes = {
      web: [`http://localhost:${port}/api/health/ready`],
      worker: [`http://127.0.0.1:${workerPort}/health/ready`],
    };
    const asked = { ...probes, all: [...probes.web, ...probes.worker] }[env.REPRISE_ROLE ?? "all"] ?? [];
    for (const probe of asked)
      await expect.poll(() => stateAt(probe, server), { timeout: 60_000 }).toEqual({ status: state, ended: false });
    return `http://localhost:${port}`;
  });
  return { webUrl, server: server as BundledProcess };
}

async function stateAt(probe: string, server: BundledProcess | undefined) {
  const ended = await Promise.race([server?.ended.then((code) => ({ code, said: server?.stderr() })), null]);
  const answer = await fetch(probe).catch(() => null);
  return { status: answer && ((await answer.json()) as { status: string }).status, ended: ended ?? false };
}

describe("a database of the last release", () => {
  test("is migrated by the bundle, and its runs go on", async () => {
    await loadDump(database.url, dump);
    const { webUrl } = await serve({ REPRISE_ROLE: "web" }, "not_migrated");
    const migration = bundle.run("reprise-server", ["migrate"], { DATABASE_URL: database.url });
    expect([await migration.ended, migration.stderr()]).toEqual([0, "The database is at the newest migration.\n"]);
    await expect.poll(() => fetch(`${webUrl}/api/health/ready`).then(({ status }) => status)).toBe(200);
    await serve({ REPRISE_ROLE: "worker" });

    const { call, reached } = httpApi(webUrl, apiKey);
    const listed = (await call("GET", "/runs")).body.data as { id: string; status: string }[];
    expect(Object.fromEntries(listed.map(({ id, status }) => [id, status]))).toEqual({
      [runs.completed]: "completed",
      [runs.failed]: "failed",
      [runs.replay]: "waiting",
      [runs.waiting]: "waiting",
      [runs.delayed]: "pending",
    });
    const variables = { ORDERS_URL: settings.ORDERS, TOKEN: { value: "another", secret: true } };
    expect((await call("PUT", "/environments/production/variables", { body: { variables } })).status).toBe(200);

    // What the old worker began, the new one ends; what it ended can be replayed, with what came since.
    const steps = (await call("GET", `/runs/${runs.waiting}/steps`)).body.data as { nodeId: string; spanId: string }[];
    const asks = steps.find(({ nodeId }) => nodeId === "ask")?.spanId;
    await call("POST", `/runs/${runs.waiting}/approvals/${asks}`, { body: { decision: "approve" } });
    expect(await reached(runs.waiting)).toMatchObject({ status: "completed", output: { order: expect.any(String) } });
    const batch = await call("POST", "/replay-batches", { body: { runIds: [runs.completed, runs.failed] } });
    expect(batch).toMatchObject({ status: 202 });
    await expect
      .poll(async () => (await call("GET", `/replay-batches/${batch.body.id}`)).body.counts)
      .toMatchObject({ submitted: 2 });
    await call("POST", `/runs/${runs.delayed}/reschedule`, { body: { delay: "1s" } });
    expect(await reached(runs.delayed, ["waiting"])).toMatchObject({ statusReason: "approval" });

    // Pages, their scripts, the documentation, and a schema that is checked in a thread are all in the bundle.
    const login = await (await fetch(`${webUrl}/login`)).text();
    const script = /\/_next\/static\/[^"]+\.js/.exec(login)?.[0] ?? "";
    for (const path of [script, "/llms.txt", "/docs/operations.md", "/api/openapi.json"])
      expect([path, (await fetch(webUrl + path)).status]).toEqual([path, 200]);
    const large = { type: "object", properties: { code: { enum: Array.from({ length: 400 }, (_, n) => `c${n}`) } } };
    const definition = {
      ...{ name: "large", input: large },
      nodes: [{ id: "it", type: "transform", value: "{{ trigger.code }}" }],
      output: "{{ nodes.it.output }}",
    };
    const pushed = await call("POST", "/workflows", { body: { slug: "large", definition } });
    expect(pushed).toMatchObject({ status: 201 });
  });
});

describe("a new installation", () => {
  test("is migrated, gets its first workspace and serves both roles until it is told to end", async () => {
    const fresh = await createBareDatabase();
    closers.push(() => fresh.drop());
    const asOwner = { DATABASE_URL: fresh.url };
    expect(await bundle.run("reprise-server", ["migrate"], asOwner).ended).toBe(0);
    const provisioning = bundle.run(
      "reprise-server",
      ["provision", "--workspace", "first", "--email", "o@x.example"],
      asOwner,
    );
    expect([await provisioning.ended, provisioning.stderr()]).toEqual([0, ""]);
    const made = JSON.parse(provisioning.stdout()) as { apiKey: string; password: string };
    expect(made).toEqual({
      workspace: "first",
      email: "o@x.example",
      apiKey: expect.stringMatching(/^rp_live_/),
      password: expect.stringMatching(/.{16}/),
    });

    const { webUrl, server } = await serve({ DATABASE_URL: fresh.applicationUrl });
    const list = bundle.run("reprise", ["runs", "list", "-o", "json"], {
      REPRISE_URL: webUrl,
      REPRISE_API_KEY: made.apiKey,
    });
    expect([await list.ended, list.stderr()]).toEqual([0, ""]);
    expect(JSON.parse(list.stdout())).toMatchObject({ data: [] });
    server.stop();
    expect(await server.ended).not.toBe("SIGKILL");
    await expect(fetch(webUrl)).rejects.toThrow("fetch failed");
  });

  test.each([
    [[], { REPRISE_ROLE: "gateway" }, "REPRISE_ROLE must be web, worker or all"],
    [[], { REPRISE_ROLE: "web", PORT: "70000" }, "PORT"],
    [[], { REPRISE_ROLE: "worker" }, "DATABASE_URL is not set"],
    [["migrate"], {}, "DATABASE_URL is not set"],
    [["provision", "--workspace", "x"], {}, "usage: reprise-server provision"],
    [["upgrade"], {}, "usage: reprise-server"],
  ])("what cannot be started says why in one line: %j %j", async (args, env, said) => {
    const ended = bundle.run("reprise-server", args, env);
    expect(await ended.ended).toBe(1);
    expect(ended.stderr()).toMatch(/^[^\n]+\n$/);
    expect(ended.stderr()).toContain(said);
  });
});

test("what the bundle holds of others is named with its licence", () => {
  const text = readFileSync(join(bundle.folder, "THIRD-PARTY-LICENSES.txt"), "utf8");
  const named = new Set([...text.matchAll(/^(\S+) \d+\.\S+ \(.+\)$/gm)].map((line) => line[1]));
  const some = ["next", "react", "drizzle-orm", "tailwindcss", `node-linux-${process.arch}`, "commander", "pg-boss"];
  expect(some.filter((name) => !named.has(name))).toEqual([]);
});
