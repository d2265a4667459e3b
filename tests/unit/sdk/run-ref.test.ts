import { expect, test } from "vitest";
import { idOf, type RunRef } from "#/lib/sdk/run-ref.ts";

test.each<[RunRef, string]>([
  ["run_1", "run_1"],
  [{ id: "run_1" }, "run_1"],
])("%j means %s", (ref, id) => {
  expect(idOf(ref)).toBe(id);
});

test.each(["", {}, { id: "" }, { id: 7 }, 7, null, undefined])("%j names no run", (ref) => {
  expect(() => idOf(ref as RunRef)).toThrow(TypeError);
});
