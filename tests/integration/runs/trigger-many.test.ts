import { afterAll, beforeAll, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { TriggerManyRequest } from "#/lib/contract/run.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { cancelRuns } from "#/lib/runs/cancel-runs.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { countMatchingRuns } from "#/lib/runs/list-runs.ts";
import { judgeTriggers, triggerRuns } from "#/lib/runs/trigger-run.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;

beforeAll(async () => {
  tenant = await createTenant();
  await push(tenant.system, "flow", {
    name: "flow",
    input: { type: "object", required: ["n"], properties: { n: { type: "integer" } } },
    nodes: [{ id: "only", type: "transform", value: "{{ trigger.n }}" }],
  });
});
afterAll(stopQueue);

const trigger = (items: object[]) =>
  triggerRuns(tenant.system, "flow", TriggerManyRequest.parse({ items }).items, "api");
const count = async () => (await countMatchingRuns(tenant.system, {})).count;

test("five hundred runs are accepted at once, in their order and each with its own options", async () => {
  const runs = await trigger(
    Array.from({ length: 500 }, (_, n) => ({
      payload: { n },
      tags: [`t${n % 2}`],
      ...(n === 7 ? { delay: "1h" } : {}),
    })),
  );
  expect(new Set(runs.map(({ id }) => id)).size).toBe(500);
  expect(runs[7]).toMatchObject({ status: "pending", statusReason: "delayed" });
  for (const n of [0, 7, 499])
    expect(await getRun(tenant.system, runs[n]?.id ?? "")).toMatchObject({ payload: { n }, tags: [`t${n % 2}`] });
  expect(await countMatchingRuns(tenant.system, { tag: ["t1"] })).toMatchObject({ count: 250 });
});

test.each([
  [[{ payload: { n: 1 } }, { payload: { n: "x" } }], "payload_invalid", "body.items.1.payload.n"],
  [[{ payload: { n: 1 } }, { payload: { n: 2 }, delay: "soon" }], "validation_failed", "body.items.1.delay"],
  [[{ payload: { n: 1 }, ttl: "never" }], "validation_failed", "body.items.0.ttl"],
  [[{ payload: { n: 1 } }, {}], "payload_invalid", "body.items.1.payload.n"],
])("all or none: %j", async (items, code, path) => {
  const before = await count();
  await expect(trigger(items)).rejects.toMatchObject({ code, fields: [{ path }] });
  expect(await count()).toBe(before);
});

test.each([{}, { items: [] }, { items: Array.from({ length: 501 }, () => ({})) }, { items: [{ payload: 1, x: 1 }] }])(
  "a malformed request",
  (request) => {
    expect(TriggerManyRequest.safeParse(request).success).toBe(false);
  },
);

test("many are cancelled at once; what cannot be is named with its code", async () => {
  const other = await createTenant();
  const runs = await trigger([{ payload: { n: 1 } }, { payload: { n: 2 } }]);
  const ids = runs.map(({ id }) => id);
  const [first = "", second = ""] = ids;
  expect(await cancelRuns(tenant.system, [first, "run_nowhere", second, first])).toEqual({
    cancelled: [first, second],
    notCancellable: [
      { id: "run_nowhere", code: "not_found" },
      { id: first, code: "run_final" },
    ],
  });
  expect(await cancelRuns(other.system, ids)).toEqual({
    cancelled: [],
    notCancellable: ids.map((id) => ({ id, code: "not_found" })),
  });
  await expect(cancelRuns(await tenant.as("viewer"), ids)).rejects.toMatchObject({ code: "forbidden" });
});

test("many runs of large versions are judged with one definition in memory, and keep their version's limits", async () => {
  const large = (n: number) => ({
    name: "large",
    maxDurationMs: 60_000 + n,
    nodes: [{ id: "only", type: "transform", value: `${n} ${"x".repeat(100_000)}` }],
  });
  await push(tenant.system, "large", large(1));
  await push(tenant.system, "large", large(2), true);
  const items = Array.from({ length: 20 }, (_, n) =>
    n % 10 === 0 ? { version: 1 } : n % 2 === 0 ? {} : { version: 2 },
  );
  const requests = TriggerManyRequest.parse({ items }).items;
  const judged = await judgeTriggers(tenant.system, "large", requests);
  expect(JSON.stringify(judged).length).toBeLessThan(100_000);
  const runs = await triggerRuns(tenant.system, "large", requests, "api", judged);
  expect(runs.map(({ version }) => version)).toEqual(items.map((_, n) => (n % 10 === 0 ? 1 : 2)));
  const limits = await rawClient()<{ version: number; limit: number }[]>`
    select distinct version, max_duration_ms::int as limit from runs where id = any(${runs.map(({ id }) => id)}) order by 1`;
  expect([...limits]).toEqual([
    { version: 1, limit: 60_001 },
    { version: 2, limit: 60_002 },
  ]);
});
