import { describe, expect, test } from "vitest";
import { maxMappingPairs } from "#/lib/contract/replay.ts";
import { mappingFaults, renamedNodes, unmappedNodes } from "#/lib/replay/node-map.ts";
import type { NodeType } from "#/lib/workflows/definition.ts";

const set = (text: string) => new Set(text.split(" ").filter(Boolean));
/** Of nodes that are called `w…` when they wait. */
const types = (text: string) =>
  new Map([...set(text)].map((id): [string, NodeType] => [id, id.startsWith("w") ? "wait" : "tool"]));

describe("renamed nodes", () => {
  test.each<[string, string, string, string, string[]]>([
    ["nothing executed", "", "a b", "", []],
    ["every id is still there", "a b", "a b", "b a c", []],
    ["executed and gone", "a b", "a b", "b", ["a"]],
    ["gone, but never executed", "b", "a b", "b", []],
    ["in the order of the source version", "c a b", "a b c", "", ["a", "b", "c"]],
    ["executed under an id that the source version does not have", "ghost", "a", "", []],
    ["ids are compared byte for byte", "Fetch", "Fetch", "fetch", ["Fetch"]],
    [
      "ids that objects have by nature",
      "constructor toString",
      "constructor toString",
      "",
      ["constructor", "toString"],
    ],
  ])("%s", (_what, executed, source, target, renamed) => {
    expect(renamedNodes(set(executed), source.split(" ").filter(Boolean), set(target))).toEqual(renamed);
  });
});

describe("unmapped nodes", () => {
  test.each<[string, string[], Record<string, string | null>, string[]]>([
    ["no mapping", ["a", "b"], {}, ["a", "b"]],
    ["one of two", ["a", "b"], { a: "x" }, ["b"]],
    ["all", ["a", "b"], { a: "x", b: "y" }, []],
    ["gone is an answer", ["a"], { a: null }, []],
    ["more than needed", ["a"], { a: "x", z: "y" }, []],
    ["a name that every object has is no answer", ["constructor"], {}, ["constructor"]],
  ])("%s", (_what, renamed, pairs, unmapped) => {
    expect(unmappedNodes(renamed, pairs)).toEqual(unmapped);
  });
});

describe("a mapping that cannot be used", () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, null]));
  test.each<[string, Record<string, string | null>, string[]]>([
    ["nothing wrong", { a: "x", b: null }, []],
    ["an unknown source", { ghost: "x" }, ["pairs.ghost: is not a node of the source version"]],
    ["an unknown target", { a: "ghost" }, ["pairs.a: ghost is not a node of the target version"]],
    [
      "several",
      { ghost: "x", a: "ghost", b: "y" },
      ["pairs.ghost: is not a node of the source version", "pairs.a: ghost is not a node of the target version"],
    ],
    [
      "an id of every object",
      { constructor: "x" } as never,
      ["pairs.constructor: is not a node of the source version"],
    ],
  ])("%s", (_what, pairs, faults) => {
    const found = mappingFaults(pairs, types("a b"), types("x y"), "pairs");
    expect(found.map((fault) => `${fault.path}: ${fault.message}`)).toEqual(faults);
  });

  test.each<[string, Record<string, string | null>, boolean]>([
    ["a renamed wait keeps its decision", { "w-old": "w-new" }, true],
    ["a wait keeps its own", { "w-both": "w-both" }, true],
    ["a wait may go, or become something else", { "w-old": null, "w-both": "a" }, true],
    ["no other node's answer passes for a decision", { a: "w-new" }, false],
    ["nor does another wait's for that of one that was there", { "w-old": "w-both" }, false],
  ])("%s", (_what, pairs, fits) => {
    const found = mappingFaults(pairs, types("a w-old w-both"), types("a w-new w-both"), "pairs");
    expect(found.length === 0).toBe(fits);
  });

  test("holds more than 1000 pairs", () => {
    const ids = types(Object.keys(many(1001)).join(" "));
    expect(mappingFaults(many(maxMappingPairs), ids, types(""), "pairs")).toEqual([]);
    expect(mappingFaults(many(maxMappingPairs + 1), ids, types(""), "pairs")).toEqual([
      { path: "pairs", message: "holds 1001 pairs; at most 1000 are allowed" },
    ]);
  });
});
