import { expect, test } from "vitest";
import { mergeRows, notBefore } from "#/components/runs/merge-rows.ts";

const row = (id: string, status: string) => ({ id, status });

test("an answer that changes nothing is the same list, so nothing is drawn again", () => {
  const current = [row("b", "running"), row("a", "failed")];
  expect(mergeRows(current, [row("b", "running"), row("a", "failed")])).toBe(current);
});

test("only changed rows are new objects; new rows come in, gone rows leave, order is the answer's", () => {
  const current = [row("b", "running"), row("a", "failed"), row("0", "failed")];
  const next = mergeRows(current, [row("c", "pending"), row("b", "completed"), row("a", "failed")]);
  expect(next.map(({ id, status }) => `${id} ${status}`)).toEqual(["c pending", "b completed", "a failed"]);
  expect(next[2]).toBe(current[1]);
  expect(next[1]).not.toBe(current[0]);
});

test("a later page does not take in what stands before its first row", () => {
  const at = (id: string, createdAt: string) => ({ id, createdAt });
  const anchor = at("run_5", "2026-11-21T10:00:00.000Z");
  const rows = [
    at("run_9", "2026-11-21T10:00:00.001Z"),
    at("run_6", anchor.createdAt),
    anchor,
    at("run_4", anchor.createdAt),
  ];
  expect(notBefore(rows, anchor).map(({ id }) => id)).toEqual(["run_5", "run_4"]);
});
