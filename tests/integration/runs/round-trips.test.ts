import { afterAll, beforeAll, expect, test } from "vitest";
import { scopes } from "#/lib/contract/access.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { Reprise } from "#/lib/sdk/client.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { ordersStage } from "#/tests/support/orders-stage.ts";
import { startRouteServer } from "#/tests/support/route-server.ts";
import { cliInHome } from "#/tests/support/run-cli.ts";
import { trickyTexts, trickyValues } from "#/tests/support/value-table.ts";

const stage = ordersStage();
const cli = cliInHome();
let server: Awaited<ReturnType<typeof startRouteServer>>;
let apiKey: string;
let client: Reprise;

beforeAll(async () => {
  server = await startRouteServer();
  apiKey = (await createApiKey(stage.tenant.system, { name: "all", scopes: [...scopes] })).secret;
  client = new Reprise({ apiKey, baseUrl: server.url });
  await push(stage.tenant.system, "same", {
    name: "same",
    nodes: [{ id: "same", type: "transform", value: "{{ trigger }}" }],
    output: "{{ nodes.same.output }}",
  });
  await push(stage.tenant.system, "trip", {
    name: "trip",
    nodes: [
      { id: "pick", type: "transform", value: "{{ trigger }}" },
      { id: "before", type: "transform", needs: ["pick"], value: "{{ nodes.pick.output == trigger }}" },
      {
        id: "each",
        type: "map",
        needs: ["before"],
        over: "{{ [trigger] }}",
        as: "it",
        nodes: [{ id: "inner", type: "transform", value: "{{ it }}" }],
      },
      { id: "pause", type: "wait", needs: ["each"], durationMs: 1 },
      { id: "child", type: "workflow", needs: ["pause"], workflow: "same", payload: "{{ nodes.pick.output }}" },
      {
        id: "after",
        type: "transform",
        needs: ["child"],
        value: {
          picked: "{{ nodes.pick.output }}",
          mapped: "{{ nodes.each.output[0] }}",
          child: "{{ nodes.child.output }}",
          checks: [
            "{{ nodes.before.output }}",
            "{{ nodes.pick.output == trigger }}",
            "{{ nodes.child.output == trigger }}",
          ],
        },
      },
      { id: "last", type: "transform", needs: ["after"], value: "{{ nodes.after.output.picked }}" },
    ],
    output: "{{ nodes.last.output }}",
  });
});
afterAll(async () => {
  cli.remove();
  await server.stop();
});

/** Enough of each kind: every column is tried with all of them in json-columns.test.ts. */
const values: Json[] = [...trickyTexts.slice(0, 12), "\u0000", 2 ** 53, null, ...trickyValues.slice(-2)];

/** What each place of a run says about its value. */
async function placesOf(id: string): Promise<Record<string, Json>> {
  const run = await client.runs.retrieve(id);
  const steps = await client.runs.steps(id);
  const outputs = await Promise.all(
    steps.map(async ({ nodeId, spanId }) => [nodeId, (await client.runs.span(id, spanId)).output] as const),
  );
  const { pick, each, child, after } = Object.fromEntries(outputs);
  return { payload: run.payload, output: run.output, pick, each, child, after } as Record<string, Json>;
}

const expected = (value: Json): Record<string, Json> => ({
  payload: value,
  output: value,
  pick: value,
  each: [value],
  child: value,
  after: { picked: value, mapped: value, child: value, checks: [true, true, true] },
});

test("a value stays itself before and behind a wait, through a map, a child run and a replay from a step", async () => {
  const trips = values.map(async (value) => {
    const { id } = await client.workflows.trigger("trip", value);
    expect(await finished(stage.tenant.system, id, 60_000)).toMatchObject({ status: "completed" });
    expect(await placesOf(id)).toStrictEqual(expected(value));
    return id;
  });
  const ids = await Promise.all(trips);
  for (const at of [0, 3, ids.length - 1]) {
    const value = values[at] as Json;
    const replay = await submitReplay(stage.tenant.system, ids[at] ?? "", { fromNodeId: "after" });
    expect(await finished(stage.tenant.system, replay.id)).toMatchObject({ status: "completed" });
    expect(await placesOf(replay.id)).toStrictEqual(expected(value));
    const shown = await cli.run(["runs", "get", replay.id, "-o", "json"], {
      env: { REPRISE_URL: server.url, REPRISE_API_KEY: apiKey },
    });
    expect((JSON.parse(shown.stdout) as JsonObject).output).toStrictEqual(value);
  }
}, 120_000);

const greeting = (word: string) => ({
  name: "greeting",
  input: {
    type: "object",
    required: ["word", "half"],
    properties: {
      word: { type: "string", default: word },
      half: { type: "number", default: 25 },
      to: { type: "object", default: {}, properties: { name: { type: "string", default: "you" } } },
      list: { type: "array", items: { type: "object", properties: { n: { default: 1 } } } },
    },
  },
  nodes: [
    { id: "said", type: "transform", value: "{{ trigger.word }} {{ trigger.to.name }}" },
    { id: "halves", type: "transform", value: "{{ trigger.half / 2 }}" },
    { id: "pause", type: "wait", needs: ["said", "halves"], durationMs: 1 },
    {
      id: "again",
      type: "transform",
      needs: ["pause"],
      value: {
        said: "{{ nodes.said.output }}",
        halves: ["{{ nodes.halves.output }}", "{{ trigger.half / 2 }}", "{{ nodes.halves.output / 1 }}"],
        word: "{{ trigger.word }}",
        list: "{{ has(trigger.list) ? trigger.list : [] }}",
      },
    },
  ],
  output: "{{ nodes.again.output }}",
});

test("an input's defaults stand in `trigger`, in child runs and replays too; the stored payload is what was sent", async () => {
  const { system } = stage.tenant;
  await push(system, "greeting", greeting("Hello"));
  await push(system, "greets", {
    name: "greets",
    nodes: [{ id: "child", type: "workflow", workflow: "greeting", payload: { half: 25.5 } }],
    output: "{{ nodes.child.output }}",
  });
  const outcome = (word: string, half: number, name = "you", list: Json = []) => ({
    said: `${word} ${name}`,
    halves: [half / 2, half / 2, half / 2],
    word,
    list,
  });
  const { id } = await triggerRun(system, "greeting", { payload: {} }, "api");
  expect(await finished(system, id)).toMatchObject({ payload: {}, output: outcome("Hello", 25) });

  const payload: Json = { to: { name: "Ada" }, half: 25.5, list: [{}, { n: 2 }] };
  const given = await triggerRun(system, "greeting", { payload }, "api");
  const list = [{ n: 1 }, { n: 2 }];
  expect(await finished(system, given.id)).toMatchObject({ payload, output: outcome("Hello", 25.5, "Ada", list) });

  const parent = await triggerRun(system, "greets", {}, "api");
  expect(await finished(system, parent.id)).toMatchObject({ output: outcome("Hello", 25.5) });

  const fromStep = await submitReplay(system, id, { fromNodeId: "again" });
  expect(await finished(system, fromStep.id)).toMatchObject({ payload: {}, output: outcome("Hello", 25) });

  await push(system, "greeting", greeting("Bye"), true);
  const asItWas = await submitReplay(system, id, {});
  expect(await finished(system, asItWas.id)).toMatchObject({ output: outcome("Hello", 25) });
  const onNext = await submitReplay(system, id, { targetVersion: 2 });
  expect(await finished(system, onNext.id)).toMatchObject({ payload: {}, output: outcome("Bye", 25) });

  await expect(triggerRun(system, "greeting", { payload: { to: { name: 1 } } }, "api")).rejects.toMatchObject({
    code: "payload_invalid",
    fields: [{ path: "body.payload.to.name" }],
  });
});
