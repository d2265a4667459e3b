import { expect, expectTypeOf, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { Reprise, type RunHandle, type RunObject } from "#/lib/sdk/client.ts";

/** As `reprise workflows types` writes them. */
type Refund = { slug: "refund"; payload: { orderId: string; note?: string }; output: { refunded: boolean } };
type Digest = { slug: "digest"; payload: unknown; output: string };

/** Answers every call with a run that has ended. */
const client = new Reprise({
  apiKey: "rp_live_x",
  baseUrl: "http://reprise.test",
  fetch: async () => {
    const workflow = { id: "wf_1", slug: "refund" };
    const run = { id: "run_1", workflow, status: "completed", output: { refunded: true } };
    return Response.json(run, { headers: { "request-id": "req_1" } });
  },
});
const { runs, workflows } = client;

test("a run read with its workflow's type has that payload and output", async () => {
  const run = await runs.retrieve<Refund>("run_1");
  expectTypeOf(run.payload).toEqualTypeOf<{ orderId: string; note?: string }>();
  expectTypeOf(run.output).toEqualTypeOf<{ refunded: boolean } | null>();
  expectTypeOf(run.workflow.slug).toEqualTypeOf<"refund">();
  expect(run.output?.refunded).toBe(true);
  expectTypeOf(runs.poll<Refund>("run_1")).resolves.toEqualTypeOf<RunObject<Refund>>();
  for await (const seen of runs.subscribeToRun<Refund>({ id: "run_1" }))
    expectTypeOf(seen.output).toEqualTypeOf<Refund["output"] | null>();
});

test("without a type, payload and output are any JSON, as they were", async () => {
  const run = await runs.retrieve("run_1");
  expectTypeOf(run.payload).toEqualTypeOf<Json>();
  expectTypeOf(run.output).toEqualTypeOf<Json>();
  expectTypeOf(run.workflow.slug).toEqualTypeOf<string>();
  expect(run.isSuccess).toBe(true);
  await workflows.trigger("anything");
  await workflows.trigger("anything", { any: ["JSON"] }, { delay: "1h" });
});

test("a handle says of which workflow the run is; so do a run and a replay", async () => {
  const handle = await workflows.trigger<Refund>("refund", { orderId: "1" });
  expectTypeOf(handle).toEqualTypeOf<RunHandle<Refund>>();
  const run = await runs.poll(handle, { onPoll: (now) => expectTypeOf(now).toEqualTypeOf<RunObject<Refund>>() });
  expectTypeOf(run).toEqualTypeOf<RunObject<Refund>>();
  expectTypeOf(await runs.retrieve(run)).toEqualTypeOf<RunObject<Refund>>();
  expectTypeOf(await runs.cancel(handle)).toEqualTypeOf<RunObject<Refund>>();
  const replay = await runs.replay(handle);
  expectTypeOf(await runs.retrieve(replay)).toEqualTypeOf<RunObject<Refund>>();
  expect(replay.id).toBe("run_1");
  // @ts-expect-error: the handle is of another workflow
  await runs.retrieve<Digest>(handle);
  // Steps, events and comparisons are the same for all.
  expectTypeOf(runs.compare).parameter(1).toExtend<Parameters<typeof runs.steps>[0]>();
});

test("slug and payload are checked", async () => {
  // @ts-expect-error: another slug
  await workflows.trigger<Refund>("refunds", { orderId: "1" });
  // @ts-expect-error: orderId is missing
  await workflows.trigger<Refund>("refund", {});
  // @ts-expect-error: a payload is needed
  await workflows.trigger<Refund>("refund");
  await workflows.trigger<Digest>("digest");
  // @ts-expect-error: orderId must be a text
  await workflows.batchTrigger<Refund>("refund", [{ payload: { orderId: 1 } }]);
  const items = [{ payload: { orderId: "1" }, tags: ["eu"], delay: new Date() }];
  expectTypeOf(workflows.batchTrigger<Refund>("refund", items)).resolves.toEqualTypeOf<RunHandle<Refund>[]>();
  expect(items).toHaveLength(1);
});
