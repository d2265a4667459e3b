import { describe, expect, test } from "vitest";
import { idAt, type TraceColumns } from "#/components/trace/trace-columns.ts";
import {
  carryCollapsed,
  collapseAll,
  horizontalMove,
  indexOfRow,
  revealRow,
  visibleRows,
} from "#/components/trace/visible-rows.ts";
import { outline, sampleTrace } from "./sample-trace.ts";

const tree = sampleTrace(
  outline(`
a
  b
    c
    d
  e
f
  g
`),
);

function shown(trace: TraceColumns, collapsed: Uint8Array): string {
  const { rows, count } = visibleRows(trace, collapsed, null);
  return Array.from(rows.subarray(0, count), (row) => idAt(trace, row)?.slice(5)).join("");
}

function collapsedAt(...rows: number[]): Uint8Array {
  const flags = new Uint8Array(tree.count);
  for (const row of rows) flags[row] = 1;
  return flags;
}

describe("visible rows", () => {
  test.each([
    ["nothing collapsed", [], "abcdefg"],
    ["an inner subtree", [1], "abefg"],
    ["a root hides nested collapsed ones too", [0, 1], "afg"],
    ["a leaf's flag hides nothing", [2], "abcdefg"],
    ["the last subtree", [5], "abcdef"],
    ["all", [0, 1, 5], "af"],
  ])("%s", (_name, rows, expected) => {
    expect(shown(tree, collapsedAt(...(rows as number[])))).toBe(expected);
  });

  test("a filter shows exactly the kept rows, whatever is collapsed", () => {
    const { rows, count } = visibleRows(tree, collapsedAt(0), Uint8Array.of(1, 0, 0, 0, 2, 0, 0));
    expect(Array.from(rows.subarray(0, count))).toEqual([0, 4]);
  });

  test("every visible row is found at its index and no hidden one is", () => {
    const visible = visibleRows(tree, collapsedAt(1), null);
    for (let row = 0; row < tree.count; row++) {
      const index = indexOfRow(visible, row);
      if (index >= 0) expect(visible.rows[index]).toBe(row);
      else expect([2, 3]).toContain(row);
    }
    expect(indexOfRow(visible, -1)).toBe(-1);
    expect(indexOfRow({ rows: new Int32Array(0), count: 0 }, 0)).toBe(-1);
  });

  test("100,000 rows are computed in one quick pass", () => {
    const count = 100_000;
    const big = { count, size: Int32Array.from({ length: count }, (_, row) => count - row) };
    expect(visibleRows(big, new Uint8Array(count), null).count).toBe(count);
  });
});

describe("collapse", () => {
  test("collapsing all leaves the roots, expanding all shows everything", () => {
    expect(shown(tree, collapseAll(tree, true))).toBe("af");
    expect(shown(tree, collapseAll(tree, false))).toBe("abcdefg");
  });

  test("revealing a row opens its ancestors and nothing else", () => {
    const flags = collapsedAt(0, 1, 5);
    expect(revealRow(tree, flags, 3)).toBe(true);
    expect(shown(tree, flags)).toBe("abcdef");
    expect(revealRow(tree, flags, 3)).toBe(false);
  });

  test("the collapsed state follows its spans when rows are inserted above", () => {
    const grown = sampleTrace(
      outline(`
z
  y
a
  b
    c
    d
    x
  e
f
  g
`),
    );
    expect(shown(grown, carryCollapsed(tree, collapsedAt(1), grown))).toBe("zyabefg");
  });

  test.each([
    ["left on an open row closes it", 0, "left", [], { kind: "toggle", row: 0 }],
    ["left on a closed row goes to its parent", 1, "left", [1], { kind: "move", row: 0 }],
    ["left on a leaf goes to its parent", 3, "left", [], { kind: "move", row: 1 }],
    ["left on a closed root does nothing", 5, "left", [5], null],
    ["right on a closed row opens it", 1, "right", [1], { kind: "toggle", row: 1 }],
    ["right on an open row goes to its first child", 1, "right", [], { kind: "move", row: 2 }],
    ["right on a leaf does nothing", 4, "right", [], null],
  ] as const)("%s", (_name, row, direction, closed, expected) => {
    expect(horizontalMove(tree, collapsedAt(...closed), row, direction, false)).toEqual(expected);
  });

  test("with a filter on, left and right only move", () => {
    expect(horizontalMove(tree, collapsedAt(1), 1, "right", true)).toEqual({ kind: "move", row: 2 });
    expect(horizontalMove(tree, collapsedAt(), 1, "left", true)).toEqual({ kind: "move", row: 0 });
  });
});
