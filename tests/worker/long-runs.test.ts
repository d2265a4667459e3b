import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import { renderValue } from "#/lib/expressions/expression.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { finished, push, startWorker } from "#/tests/support/engine.ts";
import { type FakeService, startFakeService } from "#/tests/support/fake-service.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";
import { chain, eventGaps, until } from "#/tests/support/worker-fleet.ts";
import { processorMs } from "#/tests/support/processor-time.ts";

/** Larger than a short run has any body. */
const large = "x".repeat(300_000);
const list = Array.from({ length: 400 }, (_, n) => n);
/** Some 160,000 steps: eight times what a step of a short run takes. */
const slow = "{{ trigger.list.map(x, trigger.list.filter(y, y == x).size()).size() }}";

ownDatabase();
let tenant: Tenant;
let shop: FakeService;
/** Calls of `/hold`, which are answered when these are called. */
const holding: (() => void)[] = [];
let worker: Awaited<ReturnType<typeof startWorker>>;
beforeAll(async () => {
  shop = await startFakeService(async ({ path }) => {
    if (path.startsWith("/hold")) await new Promise<void>((letGo) => holding.push(letGo));
    if (path.startsWith("/never")) await new Promise(() => {});
    return { json: path.startsWith("/large") ? { text: large } : { ok: true } };
  });
  process.env["REPRISE_EGRESS_ALLOW"] = new URL(shop.url).host;
  tenant = await createTenant();
  await putVariables(tenant.system, "production", {
    variables: { SHOP: shop.url, TOKEN: { value: "token-of-the-shop", secret: true } },
  });
  worker = await startWorker();
});
afterAll(async () => {
  await worker?.stop();
  await shop?.stop();
});

const call = (id: string, path: string, method = "GET") => ({
  ...{ id, type: "tool", http: { method, url: `{{ env.SHOP }}/${path}?run={{ run.id }}` } },
});
const transform = (id: string, value: string) => ({ id, type: "transform", value });
const callsOf = (run: string) =>
  shop.received.filter(({ query }) => query.get("run") === run).map(({ method, path }) => `${method} ${path}`);

async function ran(slug: string, nodes: object[], payload: JsonObject = {}) {
  const started = async () => (await triggerRun(tenant.system, slug, { payload }, "api")).id;
  await push(tenant.system, slug, { name: slug, nodes });
  const id = await started();
  return { id, run: await finished(tenant.system, id), again: async () => finished(tenant.system, await started()) };
}

test.each([
  [
    "puts out much",
    [call("a", "small"), transform("b", "{{ trigger.part + trigger.part }}")],
    { part: large.slice(0, 200_000) },
  ],
  ["computes for long", [call("a", "small"), transform("b", slow)], { list }],
  ["has a large payload", [call("a", "small"), transform("b", "{{ trigger.text.startsWith('x') }}")], { text: large }],
  ["gets a large answer to a POST", [call("a", "small", "POST"), call("b", "large", "POST")], {}],
])(
  "a run that %s is executed once, step by step, and its history has no gap and no interruption",
  async (what, nodes, payload) => {
    const { id, run } = await ran(
      what.replaceAll(" ", "-"),
      chain([...nodes, call("c", "small", "POST"), transform("d", "end")]),
      payload,
    );
    expect(run).toMatchObject({ status: "completed", error: null });
    expect(callsOf(id).at(-1)).toBe("POST /small");
    expect(callsOf(id)).toHaveLength(what.includes("POST") ? 3 : 2);
    const { data } = await readEvents({ ...tenant.system, db: database() }, id, 0);
    const types = data.map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("run."))).toEqual(
      ["run.created", "run.queued", "run.started", "run.completed"].filter((type) => types.includes(type)),
    );
    expect(types.filter((type) => type === "step.completed")).toHaveLength(4);
    expect(await eventGaps(tenant.system, id)).toEqual([]);
  },
);

test("a large answer to a GET is fetched again where long runs are executed, at most once", async () => {
  const { id, run, again } = await ran("fetches", [call("a", "large")]);
  expect(run).toMatchObject({ status: "completed" });
  expect(callsOf(id)).toEqual(["GET /large", "GET /large"]);
  const second = await again();
  expect(callsOf(second.id)).toEqual(["GET /large"]);
});

test("the thread for short runs spends little on a long one, from its workflow's second run on", async () => {
  const nodes = Array.from({ length: 30 }, (_, n) => transform(`n${n}`, slow));
  await ran("slow", nodes.slice(0, 1), { list });
  await push(tenant.system, "slow", { name: "slow", nodes }, true);
  // This thread is also the worker's, where it executes short runs.
  const here = await processorMs(async () => nodes.map(({ value }) => renderValue(value, { trigger: { list } })));
  // The longer a busy machine takes, the more this thread spends on asking, and on looking for other work.
  const asking = async (isOver: () => Promise<boolean>) => {
    const since = performance.now();
    const spent = await processorMs(async () => {
      while (!(await isOver())) await sleep(300);
    });
    return { spent, seconds: (performance.now() - since) / 1000 };
  };
  let id = "";
  const started = await processorMs(async () => {
    ({ id } = await triggerRun(tenant.system, "slow", { payload: { list } }, "api"));
  });
  const isCompleted = async () => (await getRun(tenant.system, id)).status === "completed";
  const there = await asking(isCompleted);
  let looks = 0;
  const idle = await asking(async () => (await isCompleted()) && ++looks > 5);
  const onTheRun = started + there.spent - (idle.spent / idle.seconds) * there.seconds;
  expect(onTheRun).toBeLessThan(here / 2);
});

test("a long run stops when somebody cancels it", async () => {
  await push(tenant.system, "hangs", { name: "hangs", nodes: chain([transform("a", slow), call("b", "never")]) });
  const { id } = await triggerRun(tenant.system, "hangs", { payload: { list } }, "api");
  await until("its call is made", () => callsOf(id).length === 1);
  await cancelRun({ ...tenant.system, db: database() }, id);
  expect(await finished(tenant.system, id)).toMatchObject({ status: "cancelled" });
});

test("a run whose outputs hold secrets stays where it is: its later steps see them", async () => {
  const nodes = chain([
    transform("token", "{{ env.TOKEN }}"),
    transform("much", slow),
    { id: "same", type: "transform", value: "{{ nodes.token.output == env.TOKEN }}" },
  ]);
  const { id } = await ran("secret", nodes, { list });
  const last = (await listSteps({ ...tenant.system, db: database() }, id)).data.find(({ nodeId }) => nodeId === "same");
  expect((await readSpan({ ...tenant.system, db: database() }, id, last!.spanId)).output).toBe(true);
});

test("runs with large payloads are held by their bytes, and what one workspace holds leaves room for others", async () => {
  const other = await createTenant();
  await putVariables(other.system, "production", { variables: { SHOP: shop.url } });
  const payload = { text: "x".repeat(9 * 1024 * 1024) };
  const start = async ({ system }: Tenant) => (await triggerRun(system, "holds", { payload }, "api")).id;
  for (const { system } of [tenant, other])
    await push(system, "holds", { name: "holds", nodes: [call("wait", "hold")] });
  const own: string[] = [];
  for (let n = 0; n < 5; n++) own.push(await start(tenant));
  await until("three of five are executed", () => holding.length === 3);
  const others = await start(other);
  await until("another workspace's is too", () => callsOf(others).length === 1);
  const held = await Promise.all(own.map(async (id) => (await getRun(tenant.system, id)).status));
  expect(held.toSorted()).toEqual(["pending", "pending", "running", "running", "running"]);
  while (own.flatMap(callsOf).length < 5 || holding.length > 0) {
    for (const letGo of holding.splice(0)) letGo();
    await until("the next is executed", () => holding.length > 0 || own.flatMap(callsOf).length === 5);
  }
  for (const id of own) expect((await finished(tenant.system, id)).status).toBe("completed");
  expect((await finished(other.system, others)).status).toBe("completed");
});
