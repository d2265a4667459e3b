import { describe, expect, test } from "vitest";
import type { Json } from "#/lib/contract/json.ts";
import { diffValues } from "#/lib/traces/value-diff.ts";

const nested = (depth: number, leaf: Json): Json => {
  let value = leaf;
  for (let level = 0; level < depth; level += 1) value = { in: value };
  return value;
};

describe("equal values have no difference", () => {
  const values: Json[] = [
    null,
    0,
    "",
    false,
    [],
    {},
    [1, [2, { a: null }]],
    { a: 1, b: { c: [] } },
    JSON.parse('{"__proto__":{"a":1}}') as Json,
    nested(20_000, 1),
  ];
  test.each(values.map((value, index) => [index, value] as const))("%i", (_index, value) => {
    expect(diffValues(value, structuredCloneDeep(value))).toBe(null);
  });
  test("key order does not matter", () => {
    expect(diffValues({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(null);
  });
});

/** A copy that shares nothing; the built-in one overflows on deep values. */
function structuredCloneDeep(value: Json): Json {
  return typeof value === "object" && value !== null && JSON.stringify(Object.keys(value)) === '["in"]'
    ? value
    : (JSON.parse(JSON.stringify(value)) as Json);
}

describe("differences, in document order", () => {
  const cases: [Json, Json, [string, string, Json, Json][]][] = [
    [1, 2, [["", "changed", 1, 2]]],
    ["a", { a: 1 }, [["", "changed", "a", { a: 1 }]]],
    [null, 0, [["", "changed", null, 0]]],
    [1, "1", [["", "changed", 1, "1"]]],
    [[], {}, [["", "changed", [], {}]]],
    [
      { a: 1, b: 2, c: 3 },
      { a: 1, b: 3, d: 4 },
      [
        ["/b", "changed", 2, 3],
        ["/c", "removed", 3, null],
        ["/d", "added", null, 4],
      ],
    ],
    [
      { a: [1, 2, 3] },
      { a: [1, 5] },
      [
        ["/a/1", "changed", 2, 5],
        ["/a/2", "removed", 3, null],
      ],
    ],
    [[{ a: 1 }], [{ a: 1 }, { a: 2 }], [["/1", "added", null, { a: 2 }]]],
    [
      { "a/b": 1, "c~d": 1, "": 1 },
      { "a/b": 2, "c~d": 2, "": 2 },
      [
        ["/a~1b", "changed", 1, 2],
        ["/c~0d", "changed", 1, 2],
        ["/", "changed", 1, 2],
      ],
    ],
    [{ a: null }, {}, [["/a", "removed", null, null]]],
    [JSON.parse('{"__proto__":1}') as Json, {}, [["/__proto__", "removed", 1, null]]],
    [{}, { toString: 1 }, [["/toString", "added", null, 1]]],
  ];
  test.each(cases)("%j → %j", (a, b, expected) => {
    expect(diffValues(a, b)).toEqual({
      changes: expected.map(([path, op, left, right]) => ({ path, op, a: left, b: right })),
      truncated: false,
    });
  });
  test("deep values do not overflow", () => {
    expect(diffValues(nested(20_000, 1), nested(20_000, 2))?.changes.length).toBe(1);
  });
  test("many differences are cut and said to be", () => {
    const diff = diffValues(
      Array.from({ length: 500 }, () => 1),
      Array.from({ length: 500 }, () => 2),
    );
    expect([diff?.changes.length, diff?.truncated]).toEqual([200, true]);
    const exact = diffValues(
      Array.from({ length: 200 }, () => 1),
      Array.from({ length: 200 }, () => 2),
    );
    expect([exact?.changes.length, exact?.truncated]).toEqual([200, false]);
  });
  test("of a long name in a path only the start is told: it stands in the path of every place below it", () => {
    const named = (value: number) => ({ ["n~".repeat(500_000)]: Array.from({ length: 300 }, () => value) });
    const budget = { chars: 50_000 };
    const diff = diffValues(named(1), named(2), budget);
    expect(diff?.truncated).toBe(true);
    expect(diff?.changes[1]?.path).toBe(`/${"n~0".repeat(100)}…/1`);
    expect(JSON.stringify(diff).length).toBeLessThan(70_000);
    expect(budget.chars).toBeLessThanOrEqual(0);
  });
  test("a huge value is cut and said to be", () => {
    const diff = diffValues("x".repeat(50_000), "y");
    expect([String(diff?.changes[0]?.a).length, diff?.truncated]).toEqual([20_001, true]);
  });
});

describe("a budget for several diffs", () => {
  test("is spent by what they carry; beyond it a difference is only said to be there, and equal values stay equal", () => {
    const budget = { chars: 10 };
    expect(diffValues("abcd", "efgh", budget)).toEqual({
      changes: [{ path: "", op: "changed", a: "abcd", b: "efgh" }],
      truncated: false,
    });
    expect(diffValues({ a: 1, b: "long text" }, { a: 2, b: "other text" }, budget)).toEqual({
      changes: [{ path: "/a", op: "changed", a: 1, b: 2 }],
      truncated: true,
    });
    expect(diffValues("x", "y", budget)).toEqual({ changes: [], truncated: true });
    expect(diffValues({ a: [1] }, { a: [1] }, budget)).toBeNull();
  });
});
