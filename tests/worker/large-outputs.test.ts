import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { createModel } from "#/lib/models/create-model.ts";
import { putProvider } from "#/lib/models/providers.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { listSpans } from "#/lib/runs/span-store.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { type FakeService, startFakeService } from "#/tests/support/fake-service.ts";
import { startFleet, type Fleet } from "#/tests/support/worker-fleet.ts";

const eightMib = 8 * 1024 * 1024;
const text = "x".repeat(eightMib);

/** As large as a body may be, but for the JSON around it. */
const largest = "x".repeat(10 * 1024 * 1024 - 100);
/** More calls than are made at once. */
const callsOfAnswer = 12;

let fleet: Fleet;
let shop: FakeService;
let model: FakeService;
beforeAll(async () => {
  shop = await startFakeService(({ path }) => ({ json: { text: path === "/small" ? "as ever" : largest } }));
  model = await startFakeService(({ body }) => ({
    headers: { "content-type": "text/event-stream" },
    text: said(body),
  }));
  fleet = await startFleet({ slots: 4 });
  const allowed = [shop, model].map(({ url }) => new URL(url).host);
  const egress = [process.env["REPRISE_EGRESS_ALLOW"], ...allowed].filter(Boolean).join(",");
  await fleet.addWorker({ NODE_OPTIONS: "--max-old-space-size=256", REPRISE_EGRESS_ALLOW: egress });
});
afterAll(() => Promise.all([fleet?.stop(), shop?.stop(), model?.stop()]));

/** Asks for many calls at once, the first of them for little, then is done. */
function said(body: string): string {
  const call = (index: number) => ({
    ...{ index, id: `call_${index}`, type: "function" },
    function: { name: index === 0 ? "small" : "look", arguments: "{}" },
  });
  const choice = body.includes('"role":"tool"')
    ? { index: 0, delta: { content: "done" }, finish_reason: "stop" }
    : { index: 0, delta: { tool_calls: ids(callsOfAnswer).map((_, at) => call(at)) }, finish_reason: "tool_calls" };
  return `data: ${JSON.stringify({ id: "c", model: "eager", choices: [choice] })}\n\ndata: [DONE]\n\n`;
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `s${index + 1}`);
const copyOf = (value: string) => ({ type: "transform", value: `{{ ${value} }}` });

/** All at once, one behind the other, and as the items of a map. */
const definitions = {
  together: { nodes: ids(45).map((id) => ({ id, ...copyOf("trigger.text") })) },
  row: {
    nodes: [
      { id: "s1", ...copyOf("trigger.text") },
      ...ids(9)
        .slice(1)
        .map((id, index) => ({ id, needs: [`s${index + 1}`], ...copyOf(`nodes.s${index + 1}.output`) })),
      { id: "last", needs: ["s9"], ...copyOf("nodes.s9.output.startsWith('x')") },
      {
        id: "all",
        needs: ["last"],
        ...copyOf(
          ids(9)
            .map((id) => `size(nodes.${id}.output)`)
            .join(" + "),
        ),
      },
    ],
  },
  items: {
    nodes: [
      {
        ...{ id: "each", type: "map", as: "n", over: "{{ [1, 2, 3, 4, 5, 6] }}", concurrency: 6 },
        nodes: [{ id: "one", ...copyOf("trigger.text") }],
      },
    ],
  },
};

test("a small worker outlives runs whose outputs are larger than its memory: they end by the limit, and say where", async () => {
  const { system } = fleet.tenant;
  for (const [name, definition] of Object.entries(definitions)) await push(system, name, { name, ...definition });
  const start = async (name: string) => (await triggerRun(system, name, { payload: { text } }, "api")).id;
  const started = await Promise.all(Object.keys(definitions).map(start));
  const [together, row, items] = await Promise.all(started.map((id) => finished(system, id, 85_000)));
  const tooLarge = (nodeId: RegExp, message: string) => ({
    status: "failed",
    statusReason: "error",
    error: { code: "run_too_large", nodeId: expect.stringMatching(nodeId), message: expect.stringContaining(message) },
  });
  expect(together).toMatchObject(tooLarge(/^s\d+$/, "a run may put out 256.0 MiB"));
  expect(row).toMatchObject(tooLarge(/^all$/, "read outputs of 72.0 MiB at once; they may read 64.0 MiB"));
  const steps = (await listSteps(system, row!.id)).data;
  expect(steps.find(({ nodeId }) => nodeId === "last")).toMatchObject({ status: "completed" });
  expect(items).toMatchObject(tooLarge(/^each$/, "a step may put out 32.0 MiB"));
  expect(fleet.workers.map((worker) => worker.hasExited())).toEqual([false]);
});

test("an agent that asks for more than a worker can hold is shown what fits; the trace has it all", async () => {
  const { system, workspace } = fleet.tenant;
  await putProvider(system, "eager", { apiKey: "", baseUrl: `${model.url}/v1` });
  await createModel(system, { id: "eager", provider: "eager" });
  const get = (path: string) => ({ http: { method: "GET", url: `${shop.url}/${path}` } });
  const act = { id: "act", type: "agent", model: "eager:eager", prompt: { text: "act" }, tools: ["small", "look"] };
  await push(system, "agent", { name: "agent", tools: { small: get("small"), look: get("look") }, nodes: [act] });
  const { id } = await triggerRun(system, "agent", { payload: {} }, "api");
  expect(await finished(system, id, 85_000)).toMatchObject({ status: "completed", error: null });
  const shown = model.received.at(-1)?.body ?? "";
  expect(shown.split("as ever")).toHaveLength(2);
  expect(shown.split("is not shown")).toHaveLength(callsOfAnswer);
  const calls = (await listSpans(database(), workspace.id, id)).filter(({ kind }) => kind === "tool_call");
  expect(calls.filter(({ outputBytes }) => (outputBytes ?? 0) > largest.length)).toHaveLength(callsOfAnswer - 1);
  expect(fleet.workers.map((worker) => worker.hasExited())).toEqual([false]);
});
