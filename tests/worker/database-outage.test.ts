import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#/db/client.ts";
import type { Method } from "#/lib/api/operation.ts";
import { ready } from "#/lib/api/health.ts";
import { scopes } from "#/lib/contract/access.ts";
import { startEphemeralCluster, type EphemeralCluster } from "#/lib/launcher/ephemeral-cluster.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { migrateDatabase } from "#/lib/worker/migrate.ts";
import { push } from "#/tests/support/engine.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant, useDatabase, type Tenant } from "#/tests/support/tenants.ts";
import { until } from "#/tests/support/worker-fleet.ts";

const connections = 40;
let cluster: EphemeralCluster;
let url: string;
let tenant: Tenant;
let api: ReturnType<typeof restApi>;
let key: string;
let ended: string;

beforeAll(async () => {
  cluster = await startEphemeralCluster("none", {
    port: 17_600,
    settings: { max_connections: String(connections), synchronous_commit: "on" },
  });
  url = cluster.url("postgres");
  await migrateDatabase(url);
  useDatabase(url);
  [tenant, api] = [await createTenant(), restApi()];
  key = (await createApiKey(tenant.system, { name: "all", scopes: [...scopes] })).secret;
  await push(tenant.system, "idle", { name: "idle", nodes: [{ id: "only", type: "transform", value: 1 }] });
  ended = (await triggerRun(tenant.system, "idle", {}, "api")).id;
  await cancelRun(tenant.system, ended);
});
afterAll(async () => {
  await stopQueue();
  await closeDatabase();
  await cluster?.stop();
});

type Request = { method: Method; path: string; headers?: Record<string, string>; body?: unknown };
let number = 0;

/** One request of each kind: lists, single things, streams, and whatever changes something, with and without a key. */
const kinds: Record<string, () => Request> = {
  "a list": () => ({ method: "GET", path: "/runs?limit=5" }),
  "a filtered list": () => ({ method: "GET", path: "/runs?status=completed&q=idle" }),
  "a run": () => ({ method: "GET", path: `/runs/${ended}` }),
  "a trace": () => ({ method: "GET", path: `/runs/${ended}/trace` }),
  "the steps": () => ({ method: "GET", path: `/runs/${ended}/steps` }),
  "the events": () => ({ method: "GET", path: `/runs/${ended}/events` }),
  "an event stream": () => ({ method: "GET", path: `/runs/${ended}/events`, headers: { accept: "text/event-stream" } }),
  "the logs": () => ({ method: "GET", path: `/runs/${ended}/logs` }),
  "a comparison": () => ({ method: "GET", path: `/runs/${ended}/compare/${ended}` }),
  "a trigger": () => ({ method: "POST", path: "/workflows/idle/runs", body: {} }),
  "a trigger below a key": () => ({
    method: "POST",
    path: "/workflows/idle/runs",
    body: {},
    headers: { "idempotency-key": `k${number++}` },
  }),
  "a replay": () => ({ method: "POST", path: `/runs/${ended}/replay`, body: {} }),
  "a replay below a key": () => ({
    method: "POST",
    path: `/runs/${ended}/replay`,
    body: {},
    headers: { "idempotency-key": `k${number++}` },
  }),
  "a preflight": () => ({ method: "POST", path: `/runs/${ended}/replay/preflight`, body: {} }),
  "a control": () => ({ method: "POST", path: `/runs/${ended}/cancel`, body: {} }),
  "the workflows": () => ({ method: "GET", path: "/workflows" }),
  "a change of variables": () => ({
    method: "PUT",
    path: "/environments/production/variables",
    body: { variables: { A: "1" } },
  }),
  "the audit log": () => ({ method: "GET", path: "/audit-events" }),
};

type Answer = { status: number; headers: Headers; text: string };

async function send({ method, path, ...sent }: Request): Promise<Answer> {
  const response = await api.send(method, path, { key, ...sent });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Every kind at once. */
function answersToAll(): Promise<[string, Answer][]> {
  const each = Object.entries(kinds).map(async ([kind, make]): Promise<[string, Answer]> => [kind, await send(make())]);
  return Promise.all(each);
}

function expectUnavailable(answers: [string, Answer][]): void {
  for (const [kind, { status, headers, text }] of answers) {
    const said = {
      status,
      code: (JSON.parse(text) as { code: string }).code,
      again: headers.get("x-should-retry"),
      after: headers.get("retry-after"),
    };
    expect([kind, said]).toEqual([kind, { status: 503, code: "unavailable", again: "true", after: "2" }]);
  }
}

/** Every kind is served again; a control on an ended run is refused, a stream and a list are not. */
async function expectServed(): Promise<void> {
  await until("the API serves again", async () => (await send(kinds["a run"]!())).status === 200, 30_000);
  for (const [kind, { status }] of await answersToAll())
    expect([kind, status]).toEqual([kind, expect.toBeOneOf([200, 202, 409])]);
}

describe("503 and Retry-After, never 500", () => {
  test("while PostgreSQL is gone; and everything is served when it is back", async () => {
    await expectServed();
    await cluster.crash();
    expectUnavailable(await answersToAll());
    expect((await ready()).status).toBe(503);
    await cluster.startAgain();
    await expectServed();
  }, 90_000);

  test("when PostgreSQL dies in the middle of requests", async () => {
    const holder = postgres(url, { max: 1, onnotice: () => {} });
    const locking = Promise.withResolvers<void>();
    const held = holder.begin(async (tx) => {
      await tx`lock table runs, workflows, audit_events in access exclusive mode`;
      locking.resolve();
      await new Promise(() => {});
    });
    held.catch(locking.reject);
    await locking.promise;
    const pending = answersToAll();
    const waiting = postgres(url, { max: 1, onnotice: () => {} });
    await until("requests wait inside of their handlers", async () => {
      const [row] = await waiting<{ n: number }[]>`
        select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`;
      return (row?.n ?? 0) >= 10;
    });
    await cluster.crash();
    expectUnavailable(await pending);
    await expect(held).rejects.toThrow("CONNECTION_CLOSED");
    await Promise.all([holder.end({ timeout: 1 }), waiting.end({ timeout: 1 })]);
    await cluster.startAgain();
    await expectServed();
  }, 90_000);

  test("when all connections are taken by others", async () => {
    await stopQueue();
    await closeDatabase();
    const holders: postgres.Sql[] = [];
    for (let full = false; !full && holders.length <= connections;) {
      const holder = postgres(url, { max: 1, onnotice: () => {} });
      holders.push(holder);
      full = await holder`select 1`.then(
        () => false,
        () => true,
      );
    }
    expectUnavailable(await answersToAll());
    await Promise.all(holders.map((holder) => holder.end({ timeout: 1 })));
    await expectServed();
  }, 90_000);
});
