import { expect, test } from "vitest";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { ordersStage } from "#/tests/support/orders-stage.ts";

const stage = ordersStage();

const rows = Array.from({ length: 2000 }, (_, n) => ({ n, name: `row ${n} "\u0000" 🦀 {{ no }}` }));

test("outputs that are not kept in memory are the same to whoever reads them: after a wait, in maps, in a replay", async () => {
  const { system } = stage.tenant;
  await push(system, "large", {
    name: "large",
    nodes: [
      { id: "rows", type: "transform", value: "{{ trigger.rows }}" },
      { id: "copy", type: "transform", needs: ["rows"], value: { all: "{{ nodes.rows.output }}" } },
      { id: "pause", type: "wait", needs: ["copy"], durationMs: 50 },
      { id: "never", type: "transform", needs: ["pause"], when: "size(nodes.rows.output) == 1", value: 1 },
      {
        id: "each",
        type: "map",
        needs: ["pause"],
        over: "{{ nodes.rows.output.filter(row, row.n < 3) }}",
        as: "row",
        concurrency: 2,
        nodes: [
          { id: "both", type: "transform", value: ["{{ row }}", "{{ nodes.rows.output }}"] },
          {
            id: "sum",
            type: "transform",
            needs: ["both"],
            value: "{{ nodes.both.output[0].n + size(nodes.both.output[1]) }}",
          },
        ],
      },
    ],
    output: {
      name: "{{ nodes.rows.output[7].name }}",
      same: "{{ nodes.copy.output.all == nodes.rows.output }}",
      each: "{{ nodes.each.output }}",
      statuses: "{{ nodes.map(id, id + ' ' + nodes[id].status) }}",
    },
  });
  const output = {
    name: rows[7]?.name,
    same: true,
    each: [2000, 2001, 2002],
    statuses: expect.arrayContaining(["rows completed", "never skipped", "each completed"]),
  };
  const { id } = await triggerRun(system, "large", { payload: { rows } }, "api");
  expect(await finished(system, id)).toMatchObject({ status: "completed", output });
  const replay = await submitReplay(system, id, { fromNodeId: "each" });
  expect(await finished(system, replay.id)).toMatchObject({ status: "completed", output });
});

test("outputs of millions of small values end their run and say where, long before their bytes would", async () => {
  const { system } = stage.tenant;
  const copies = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ id: `c${at}`, type: "transform", value: "{{ trigger.list }}" }));
  const each = (over: number[], count: number) => [{ id: "each", type: "map", as: "n", over, nodes: copies(count) }];
  const ids = copies(12).map(({ id }) => id);
  const value = `{{ ${ids.map((id) => `size(nodes.${id}.output)`).join(" + ")} }}`;
  const definitions = {
    items: { nodes: each([1, 2, 3, 4, 5, 6, 7, 8], 1) },
    one: { nodes: each([1], 6) },
    reading: { nodes: [...copies(12), { id: "sum", type: "transform", needs: ids, value }] },
  };
  const ends = Object.entries(definitions).map(async ([name, definition]) => {
    await push(system, name, { name, ...definition });
    const list = Array.from({ length: 190_000 }, () => ({}));
    const { id } = await triggerRun(system, name, { payload: { list } }, "api");
    return finished(system, id, 85_000);
  });
  const tooLarge = (nodeId: string, message: string) => ({
    status: "failed",
    error: { code: "run_too_large", nodeId, message: expect.stringContaining(message) },
  });
  expect(await Promise.all(ends)).toMatchObject([
    tooLarge("each", "a step may put out 32.0 MiB, or 1,048,576 values"),
    tooLarge("each", "The output of each has too many values"),
    tooLarge("sum", "they may read 64.0 MiB, or 2,097,152 values"),
  ]);
});
