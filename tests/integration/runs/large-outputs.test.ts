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
