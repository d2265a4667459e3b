import { expect, test } from "vitest";
import { LongWorkflows } from "#/lib/runs/long-runs.ts";

const minute = 60_000;

function known() {
  const clock = { ms: 0 };
  return { clock, workflows: new LongWorkflows(() => clock.ms) };
}

test("a workflow is remembered for ten minutes after its last long run", () => {
  const { clock, workflows } = known();
  workflows.add("ws_a", "one");
  clock.ms = 6 * minute;
  workflows.add("ws_b", "two");
  expect(workflows.all).toEqual(["one", "two"]);
  workflows.add("ws_a", "one");
  clock.ms = 15 * minute;
  expect(workflows.all).toEqual(["two", "one"]);
  clock.ms = 16 * minute;
  expect(workflows.all).toEqual([]);
});

test("with more than five long workflows all runs of a workspace count as long, those of others do not", () => {
  const { clock, workflows } = known();
  for (let n = 0; n < 5; n++) workflows.add("ws_a", `a${n}`);
  workflows.add("ws_b", "b");
  workflows.add("ws_a", "a0");
  expect(workflows.areAllOf("ws_a")).toBe(false);
  workflows.add("ws_a", "a5");
  expect([workflows.areAllOf("ws_a"), workflows.areAllOf("ws_b")]).toEqual([true, false]);
  clock.ms = 10 * minute;
  expect(workflows.areAllOf("ws_a")).toBe(false);
});

test("however many workflows are long, no more than 500 are kept, the last ones", () => {
  const { workflows } = known();
  for (let n = 0; n < 600; n++) workflows.add("ws", `w${n}`);
  expect(workflows.all).toHaveLength(500);
  expect(workflows.all.at(-1)).toBe("w599");
});
