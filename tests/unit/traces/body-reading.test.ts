import { expect, test } from "vitest";
import { planReading } from "#/lib/traces/body-reading.ts";

const mib = 1024 * 1024;
const pairs = (...sizes: number[]) => sizes.map((bytes, index) => ({ a: `a${index}`, b: `b${index}`, bytes }));
const sizesOf = (all: { bytes: number }[]) => all.map(({ bytes }) => bytes / mib);

test.each<[string, number[], number[][], number[]]>([
  ["nothing", [], [], []],
  ["few and small: all at once", [1, 2, 3], [[1, 2, 3]], []],
  ["a group holds 8 MiB", [3, 4, 2, 4, 4], [[3, 4], [2, 4], [4]], []],
  ["a pair over 4 MiB is not read", [5, 1, 16, 1], [[1, 1]], [5, 16]],
])("bodies are read in groups: %s", (_what, sizes, groups, unread) => {
  const plan = planReading(pairs(...sizes.map((size) => size * mib)));
  expect(plan.groups.map(sizesOf)).toEqual(groups);
  expect(sizesOf(plan.unread)).toEqual(unread);
});

test("no more than 64 MiB are read, what stands first is; what is small still finds room behind it", () => {
  const plan = planReading(pairs(...Array.from({ length: 1000 }, () => 4 * mib - 1024), 1000));
  expect(plan.groups.flat().map(({ a }) => a)).toEqual([...Array.from({ length: 16 }, (_, at) => `a${at}`), "a1000"]);
  expect(plan.unread).toHaveLength(984);
});
