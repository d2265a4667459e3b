import { expect, test } from "vitest";
import { callNames, mutatingCalls } from "#/components/trace/mutating-calls.ts";
import { sampleTrace } from "./sample-trace.ts";

test("mutating calls stand under their verdict, in the order of the rows; refused ones too; read-only ones and steps in none", () => {
  const trace = sampleTrace([
    { name: "look", depth: 0, effect: "live", mutating: false },
    { name: "decide", depth: 0, kind: "agent" },
    { name: "refund", depth: 1, kind: "tool_call", effect: "dry_run_recorded", mutating: true },
    { name: "mail", depth: 0, effect: "live", mutating: true },
    { name: "refund", depth: 1, kind: "tool_call", effect: "dry_run_recorded", mutating: true, id: "span_second" },
    { name: "guess", depth: 1, kind: "tool_call", effect: "refused", mutating: false },
  ]);
  expect(Object.fromEntries(mutatingCalls(trace))).toEqual({
    live: [{ spanId: "span_mail", name: "mail" }],
    dry_run_recorded: [
      { spanId: "span_refund", name: "refund" },
      { spanId: "span_second", name: "refund" },
    ],
    refused: [{ spanId: "span_guess", name: "guess" }],
  });
});

test.each([
  [[], ""],
  [["a"], "a"],
  [["a", "a", "b"], "a, b"],
  [["a", "b", "c"], "a, b, c"],
  [["a", "b", "c", "d", "d", "e"], "a, b, c and 2 more"],
])("%j is told as %s", (names, text) => expect(callNames(names)).toBe(text));
