import { expect, test } from "vitest";
import { innerPaths, stepPathOf } from "#/components/trace/step-paths.ts";
import { isInnerPath } from "#/components/replay/version-nodes.ts";
import { sampleTrace, type SampleSpan } from "./sample-trace.ts";

const rows: [span: SampleSpan, path: string | null][] = [
  [{ name: "a", depth: 0, kind: "agent", node: "a" }, "a"],
  [{ name: "turn 1", depth: 1, kind: "model_call", node: "a" }, "a"],
  [{ name: "pay", depth: 2, kind: "tool_call", node: "a" }, "a"],
  [{ name: "Each", depth: 0, kind: "map", node: "each", status: "failed" }, "each"],
  [{ name: "order 1", depth: 1, kind: "item", node: "each" }, "each[0]"],
  [{ name: "GET /x", depth: 2, kind: "tool", node: "look" }, "each[0].look"],
  [{ name: "attempt 1", depth: 3, kind: "attempt", node: "look" }, "each[0].look"],
  [{ name: "order 12", depth: 1, kind: "item", node: "each", status: "failed" }, "each[11]"],
  [{ name: "inner", depth: 2, kind: "map", node: "inner", status: "failed" }, "each[11].inner"],
  [{ name: "x2 3", depth: 3, kind: "item", node: "inner", status: "failed" }, "each[11].inner[2]"],
  [{ name: "GET /y", depth: 4, kind: "tool", node: "leaf", status: "failed" }, "each[11].inner[2].leaf"],
  [{ name: "later", depth: 4, kind: "wait", node: "later", status: "skipped" }, "each[11].inner[2].later"],
  [{ name: "loose", depth: 0, kind: "model_call" }, null],
];
const trace = sampleTrace(rows.map(([span]) => span));

test.each(rows.map(([span, path], row) => [span.name, path, row] as const))("%s is at %s", (_name, path, row) => {
  expect(stepPathOf(trace, row)).toBe(path);
});

test("the choices are the steps inside of others that were executed, those that failed first", () => {
  expect(innerPaths(trace)).toEqual(["each[11].inner", "each[11].inner[2].leaf", "each[0].look"]);
  expect(innerPaths(trace).every(isInnerPath)).toBe(true);
  expect(["decide", "a-b_c"].some(isInnerPath)).toBe(false);
});
