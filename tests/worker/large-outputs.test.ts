import { afterAll, beforeAll, expect, test } from "vitest";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { startFleet, type Fleet } from "#/tests/support/worker-fleet.ts";

const eightMib = 8 * 1024 * 1024;
const text = "x".repeat(eightMib);

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ slots: 4 });
  await fleet.addWorker({ NODE_OPTIONS: "--max-old-space-size=256" });
}, 60_000);
afterAll(() => fleet?.stop());

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
