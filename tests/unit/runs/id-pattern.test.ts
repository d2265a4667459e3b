import { expect, test } from "vitest";
import { idPatterns } from "#/lib/runs/id-pattern.ts";

test.each([
  ["run_01m8j5", ["run\\_01m8j5%", "%run\\_01m8j5"]],
  ["t2wv", ["t2wv%", "%t2wv"]],
  ["T2WV", ["t2wv%", "%t2wv"]],
  ["wv", ["wv%"]],
  ["run_01m8…t2wv", ["run\\_01m8%t2wv"]],
  ["run_01m8...t2wv", ["run\\_01m8%t2wv"]],
  ["…t2wv", ["%t2wv"]],
  ["run_01m8…", ["run\\_01m8%"]],
  ["50%", ["50\\%%", "%50\\%"]],
])("%s", (text, patterns) => {
  expect(idPatterns(text)).toEqual(patterns);
});
