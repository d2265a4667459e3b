import { describe, expect, test } from "vitest";
import {
  chosenCount,
  filterRenamed,
  goneValue,
  pairsOf,
  sharedTargets,
  startingChoices,
  targetGroups,
} from "#/components/replay/mapping-draft.ts";
import { mappingInForce } from "#/lib/replay/mapping-in-force.ts";

const node = (id: string, ...suggested: string[]) => ({
  id,
  suggestions: suggested.map((each) => ({ id: each, score: 1 })),
});
const renamed = [node("old_a", "new_a"), node("old_b"), node("old_c")];

describe("choices", () => {
  test("none is made beforehand, however good the suggestion", () => {
    expect(startingChoices(renamed, null)).toEqual({});
    expect(chosenCount(renamed, {})).toBe(0);
  });

  test("a saved mapping is where they start; a gone node is a choice, other nodes are left alone", () => {
    const saved = { old_a: "x", old_b: null, elsewhere: "y" };
    const choices = startingChoices(renamed, saved);
    expect(choices).toEqual({ old_a: "x", old_b: goneValue });
    expect(chosenCount(renamed, choices)).toBe(2);
    expect(pairsOf({ ...choices, old_c: "z" }, saved)).toEqual({ old_a: "x", old_b: null, old_c: "z", elsewhere: "y" });
  });

  test("the saved mapping in force is the first that covers every renamed node, else the first", () => {
    const ids = renamed.map(({ id }) => id);
    const partial = { id: "private", pairs: { old_a: "x" } };
    const whole = { id: "shared", pairs: { old_a: "x", old_b: null, old_c: "z" } };
    expect(mappingInForce([], ids)).toBeNull();
    expect(mappingInForce([partial, whole], ids)).toBe(whole);
    expect(mappingInForce([whole, partial], ids)).toBe(whole);
    expect(mappingInForce([partial], ids)).toBe(partial);
    expect(mappingInForce([partial, whole], ["old_a"])).toBe(partial);
  });

  test("names of objects are names of nodes as well", () => {
    expect(startingChoices([node("constructor"), node("toString")], {})).toEqual({});
  });

  test("a target chosen twice is pointed out, gone nodes are not", () => {
    expect([...sharedTargets({ a: "x", b: "x", c: "y", d: goneValue, e: goneValue })]).toEqual(["x"]);
  });
});

describe("filter", () => {
  const choices = { old_a: "fetch" };
  test.each([
    ["", false, ["old_a", "old_b", "old_c"]],
    ["B", false, ["old_b"]],
    ["fetch", false, ["old_a"]],
    ["", true, ["old_b", "old_c"]],
    ["fetch", true, []],
  ] as const)("%j, only open ones: %s", (text, openOnly, expected) => {
    expect(filterRenamed(renamed, choices, text, openOnly).map(({ id }) => id)).toEqual(expected);
  });

  test("1,000 nodes take no time", () => {
    const many = Array.from({ length: 1000 }, (_, at) => node(`n${at}`));
    const all = Object.fromEntries(many.map(({ id }) => [id, id]));
    expect(filterRenamed(many, all, "n9", false)).toHaveLength(111);
    expect(Object.keys(pairsOf(all, null))).toHaveLength(1000);
  });
});

test("targets: suggestions first, then what is new in the version, then the rest; each once", () => {
  const groups = targetGroups(node("old", "b", "gone"), ["a", "b", "c"], new Set(["c"]));
  expect(groups).toEqual([
    { label: "Suggested", ids: ["b"] },
    { label: "New in this version", ids: ["a"] },
    { label: "In both versions", ids: ["c"] },
  ]);
});
