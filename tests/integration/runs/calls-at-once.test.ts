import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createModel } from "#/lib/models/create-model.ts";
import { putProvider } from "#/lib/models/providers.ts";
import { longWorkflows } from "#/lib/runs/long-runs.ts";
import { push } from "#/tests/support/engine.ts";
import { type FakeService, startFakeService } from "#/tests/support/fake-service.ts";
import { openStage, recorded, runOf, type Stage, tenantOf } from "#/tests/support/replay-stage.ts";

let stage: Stage;
/** Counts how many of its requests are under way at once. */
let shop: FakeService;
const seen = { now: 0, most: 0 };
/** A model that calls the tool `look` in its first answer, as often as its path says. */
let eager: FakeService;

beforeAll(async () => {
  stage = await openStage();
  shop = await startFakeService(async () => {
    seen.most = Math.max(seen.most, ++seen.now);
    await sleep(30);
    seen.now--;
    return { json: {} };
  });
  eager = await startFakeService(({ path, body }) => {
    const call = (index: number) => ({
      index,
      id: `call_${index}`,
      type: "function",
      function: { name: "look", arguments: "{}" },
    });
    const choice = body.includes('"role":"tool"')
      ? { index: 0, delta: { content: "done" }, finish_reason: "stop" }
      : {
          index: 0,
          delta: { tool_calls: Array.from({ length: Number(path.split("/")[1]) }, (_, index) => call(index)) },
          finish_reason: "tool_calls",
        };
    const text = `data: ${JSON.stringify({ id: "c", model: "eager", choices: [choice] })}\n\ndata: [DONE]\n\n`;
    return { headers: { "content-type": "text/event-stream" }, text };
  });
  process.env["REPRISE_EGRESS_ALLOW"] += `,${new URL(shop.url).host},${new URL(eager.url).host}`;
});
afterAll(async () => {
  await eager?.stop();
  await shop?.stop();
  await stage?.close();
});
beforeEach(() => {
  seen.most = 0;
  shop.received.length = 0;
});

async function eagerRun(calls: number) {
  const { system } = await tenantOf(stage);
  await putProvider(system, "eager", { apiKey: "", baseUrl: `${eager.url}/${calls}/v1` });
  await createModel(system, { id: "eager", provider: "eager" });
  const act = { id: "act", type: "agent", model: "eager:eager", prompt: { text: "act" }, tools: ["look"] };
  const tools = { look: { http: { method: "GET", url: `${shop.url}/look` } } };
  return recorded(system, "flow", { name: "f", tools, nodes: [act], output: "{{ nodes.act.output }}" });
}

test.each([
  [32, false],
  [33, true],
])("an answer of a model with %i calls makes the next runs of its workflow long: %s", async (calls, isLong) => {
  const { workflow } = await eagerRun(calls);
  expect(shop.received).toHaveLength(calls);
  expect(longWorkflows.all.includes(workflow.id)).toBe(isLong);
});

test("of 2,000 calls in one answer of a model 128 are made, eight at once, and it is told of the others", async () => {
  eager.received.length = 0;
  const run = await eagerRun(2000);
  expect([run.status, run.error, run.output]).toEqual(["completed", null, "done"]);
  expect(shop.received).toHaveLength(128);
  expect(seen.most).toBeLessThanOrEqual(8);
  const told = (JSON.parse(eager.received[1]?.body ?? "") as { messages: { role: string; content: string }[] })
    .messages;
  const results = told.filter(({ role }) => role === "tool").map(({ content }) => content);
  expect(results).toHaveLength(2000);
  const refused = results.filter((content) => content.includes("one answer may call tools 128 times"));
  expect(refused).toEqual(results.slice(128));
});

test("maps inside of maps make a hundred calls at once", async () => {
  const { system } = await tenantOf(stage);
  const list = "{{ [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] }}";
  const call = { id: "call", type: "tool", http: { method: "GET", url: `${shop.url}/{{ a }}/{{ b }}` } };
  const inner = { id: "inner", type: "map", over: list, as: "b", concurrency: 100, nodes: [call] };
  const outer = { id: "outer", type: "map", over: list, as: "a", concurrency: 100, nodes: [inner] };
  await push(system, "nested", { name: "nested", nodes: [outer] });
  const run = await runOf(system, "nested");
  expect([run.status, run.error]).toEqual(["completed", null]);
  expect(shop.received).toHaveLength(256);
  expect(seen.most).toBeLessThanOrEqual(100);
});
