import { afterAll, beforeAll, expect, test } from "vitest";
import { scopes } from "#/lib/contract/access.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { Reprise } from "#/lib/sdk/client.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
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
