import { describe, expect, test } from "vitest";
import type { LineageLink } from "#/lib/runs/lineage-store.ts";
import { lineageMapping } from "#/lib/traces/node-lineage.ts";

/**
 *   root ─ a→b ─ one ─ b→c, x→null ─ two ─ (none) ─ three
 *     └── a→z ─ side ─ z→y ─ under
 */
const links: LineageLink[] = [
  { id: "root", replayOf: null, nodeMapping: {} },
  { id: "one", replayOf: "root", nodeMapping: { a: "b" } },
  { id: "two", replayOf: "one", nodeMapping: { b: "c", x: null } },
  { id: "three", replayOf: "two", nodeMapping: {} },
  { id: "side", replayOf: "root", nodeMapping: { a: "z" } },
  { id: "under", replayOf: "side", nodeMapping: { z: "y" } },
  { id: "orphan", replayOf: "deleted", nodeMapping: { a: "q" } },
  { id: "stranger", replayOf: null, nodeMapping: {} },
];

describe("the node mapping between two runs", () => {
  test.each<[string, string, Record<string, string | null>]>([
    ["root", "root", {}],
    ["root", "one", { a: "b" }],
    ["root", "two", { a: "c", x: null }],
    ["root", "three", { a: "c", x: null }],
    ["one", "three", { b: "c", x: null }],
    ["two", "root", { c: "a" }],
    ["one", "side", { b: "z" }],
    ["two", "under", { c: "y" }],
    ["root", "stranger", {}],
    ["stranger", "orphan", {}],
    ["root", "orphan", {}],
    ["deleted", "orphan", { a: "q" }],
  ])("from %s to %s", (a, b, mapping) => {
    expect(lineageMapping(links, a, b)).toEqual(mapping);
  });

  test("of two nodes that became one, the first stands for it on the way back", () => {
    const merged: LineageLink[] = [
      { id: "root", replayOf: null, nodeMapping: {} },
      { id: "one", replayOf: "root", nodeMapping: { a: "both", b: "both" } },
    ];
    expect(lineageMapping(merged, "one", "root")).toEqual({ both: "a" });
    expect(lineageMapping(merged, "root", "one")).toEqual({ a: "both", b: "both" });
  });

  test("a circle in the data ends", () => {
    const circle: LineageLink[] = [
      { id: "a", replayOf: "b", nodeMapping: { x: "y" } },
      { id: "b", replayOf: "a", nodeMapping: {} },
    ];
    expect(lineageMapping(circle, "a", "b")).toEqual({});
  });
});
