import { describe, expect, test } from "vitest";
import { saysWhoAnswered } from "#/components/compare/answered-models.ts";
import { changedPart } from "#/components/compare/changed-part.ts";
import { nextDifference, rowState, selectedRow, shownRows, stepName } from "#/components/compare/compare-rows.ts";
import { readCompareState, writeCompareState } from "#/components/compare/compare-state.ts";
import { deltaText, percentText, quantityText } from "#/components/compare/delta-text.ts";
import { relationText, sideWord, wantedText } from "#/components/compare/side-words.ts";
import { swapSides } from "#/components/compare/swap-sides.ts";
import { RunComparison } from "#/lib/contract/compare.ts";
import { comparedRun, comparison, compareStep } from "./sample-comparison.ts";

/** same, changed, only in A, only in B, same */
const sample = comparison("same:1 changed:1 lost:1 end:1", "same:1 changed:2 extra:1:wait end:1");

describe("which model answered", () => {
  const [sampleStep] = comparison("", "ask:1").steps;
  const side = (modelRef: string | null, answeredModel: string | null) =>
    sampleStep?.b ? { ...sampleStep.b, modelRef, answeredModel } : null;

  test.each([
    ["the models asked for", side("p:m", "m"), side("p:m", "m"), false],
    ["another on one side", side("p:m", "m"), side("p:m", "mini"), true],
    ["another on both sides", side("p:m", "mini"), side("p:m", "mini"), true],
    ["other snapshots of the one asked for", side("p:m", "m-2026-01-02"), side("p:m", "m-2026-03-04"), true],
    ["what was asked for, which differs itself", side("p:m", "m"), side("p:n", "n"), false],
    ["nobody knows", side("p:m", null), side("p:m", "m"), false],
    ["another in a step that the other run lacks", null, side("p:m", "mini"), true],
    ["no model", side(null, null), side(null, null), false],
  ])("is said where it matters: %s", (_what, a, b, says) => {
    expect(saysWhoAnswered({ a, b })).toBe(says);
  });
});

describe("rows", () => {
  test("know how they stand", () => {
    expect(sample.steps.map(rowState)).toEqual(["same", "changed", "onlyA", "onlyB", "same"]);
  });

  test("can be narrowed to those that are not the same", () => {
    expect(shownRows(sample.steps, false)).toEqual([0, 1, 2, 3, 4]);
    expect(shownRows(sample.steps, true)).toEqual([1, 2, 3]);
  });

  test.each([
    [-1, 1, 1],
    [0, 1, 1],
    [1, 1, 2],
    [3, 1, -1],
    [4, -1, 3],
    [1, -1, -1],
    [0, -1, -1],
  ] as const)("from row %i the next difference in direction %i is %i", (from, direction, row) => {
    expect(nextDifference(sample.steps, from, direction)).toBe(row);
  });

  test.each<[string, RunComparison, string | null, number]>([
    ["a span of A", sample, "a-lost", 2],
    ["a span of B", sample, "b-changed", 1],
    ["nobody's span: where the runs part", sample, "ghost", 1],
    ["no span: where the runs part", sample, null, 1],
    ["nothing differs: the first row", comparison("x:1 y:1", "x:1 y:1"), null, 0],
    ["no rows at all", comparison("", ""), null, -1],
  ])("a link names %s", (_what, of, span, row) => {
    expect(selectedRow(of, span)).toBe(row);
  });

  test.each([
    ["classify", "classify", 0],
    ["decide/turn-1/refund-0", "refund-0", 2],
    ["each[2].score", "each[2].score", 1],
    ["__proto__", "__proto__", 0],
  ])("the step %s is shown as %s, %i deep", (key, name, depth) => {
    expect(stepName(compareStep(key, null) as never, new Map())).toEqual({ name, id: null, depth });
  });

  test("a node that has a title goes by it", () => {
    const side = { key: "classify", nodeId: "classify" } as never;
    expect(stepName(side, new Map([["classify", "Classify the ticket"]]))).toEqual({
      ...{ name: "Classify the ticket", id: "classify", depth: 0 },
    });
    const inside = { key: "decide/turn-1", nodeId: "decide" } as never;
    expect(stepName(inside, new Map([["decide", "Decide"]])).name).toBe("turn-1");
  });
});

describe("swapped sides", () => {
  test("turn everything round, and are still a comparison", () => {
    const swapped = swapSides(sample);
    expect(RunComparison.parse(swapped)).toEqual(swapped);
    expect([swapped.a.id, swapped.b.id]).toEqual(["run_b", "run_a"]);
    expect(swapped.steps.map(rowState)).toEqual(["same", "changed", "onlyB", "onlyA", "same"]);
    expect(swapped.counts).toEqual({ same: 2, changed: 1, onlyA: 1, onlyB: 1 });
    expect(swapped.steps[1]?.output?.changes).toEqual([{ path: "", op: "changed", a: "2", b: "1" }]);
    expect(swapped.firstDivergence).toBe(sample.firstDivergence);
  });

  test("twice is where it began", () => {
    expect(swapSides(swapSides(sample))).toEqual(sample);
  });
});

describe("numbers", () => {
  test.each([
    [{ a: 1000, b: 2200, delta: 1200 }, "duration", "+1.2 s", " (+120%)"],
    [{ a: 2200, b: 1000, delta: -1200 }, "duration", "−1.2 s", " (−55%)"],
    [{ a: 5, b: 5, delta: 0 }, "count", "no change", ""],
    [{ a: 0, b: 5, delta: 5 }, "count", "+5", ""],
    [{ a: null, b: 5, delta: null }, "count", "unknown", ""],
    [{ a: 120_000, b: null, delta: null }, "cost", "unknown", ""],
    [{ a: 120_000, b: 60_000, delta: -60_000 }, "cost", "−$0.060", " (−50%)"],
    [{ a: 1, b: 100_000, delta: 99_999 }, "count", "+99,999", " (+>999%)"],
    [{ a: 100_000, b: 100_001, delta: 1 }, "count", "+1", ""],
  ] as const)("%j as %s: %s%s", (delta, quantity, text, percent) => {
    expect(deltaText(delta, quantity)).toBe(text);
    expect(percentText(delta)).toBe(percent);
  });

  test("unknown is said in every unit, never shown as 0", () => {
    for (const quantity of ["duration", "count", "cost"] as const) expect(quantityText(null, quantity)).toBe("unknown");
  });
});

describe("the address", () => {
  test.each([
    ["", { step: null, swapped: false, differencesOnly: false }],
    ["?step=span_1&swap=1&only=differences", { step: "span_1", swapped: true, differencesOnly: true }],
  ])("%s", (search, state) => {
    expect(readCompareState(new URLSearchParams(search))).toEqual(state);
    expect(writeCompareState(search, state)).toBe(search);
  });

  test("keeps what belongs to somebody else, and drops defaults", () => {
    const state = { step: null, swapped: false, differencesOnly: false };
    expect(writeCompareState("?x=1&swap=1&step=a", state)).toBe("?x=1");
  });

  test("reads nonsense as the default", () => {
    expect(readCompareState(new URLSearchParams("swap=yes&only=all"))).toEqual({
      step: null,
      swapped: false,
      differencesOnly: false,
    });
  });
});

describe("the changed part of two texts", () => {
  test.each([
    ["amount 10 EUR", "amount 12 EUR", ["amount 1", "0", "2", " EUR"]],
    ["", "new", ["", "", "new", ""]],
    ["aa", "aaa", ["aa", "", "a", ""]],
    ["abc", "abc", ["abc", "", "", ""]],
    ["x😀y", "x😁y", ["x", "😀", "😁", "y"]],
  ])("%s → %s", (a, b, [before, own, other, after]) => {
    expect(changedPart(a, b)).toEqual({ before, a: own, b: other, after });
  });
});

describe("words for the sides", () => {
  const original = comparedRun("run_a");
  const replay = comparedRun("run_b", { replayOf: "run_a", depth: 1 });
  test.each([
    [original, replay, "B is a replay of A."],
    [replay, original, "A is a replay of B."],
    [replay, comparedRun("run_c", { replayOf: "run_a", depth: 1 }), "Both are replays of the same run."],
    [original, comparedRun("run_c"), "Two runs of the same workflow."],
    [original, comparedRun("run_c", { workflow: { id: "wf_2", slug: "x" } }), "Runs of different workflows."],
    [original, original, "A run compared with itself."],
  ])("%#", (a, b, text) => {
    expect(relationText(a, b)).toBe(text);
  });

  test("a replay that wanted to change what its original did not says so", () => {
    const effects = { ...replay.effects, neverMadeByOriginal: 1, otherArguments: 2 };
    expect(wantedText("B", { ...replay, effects })).toEqual([
      "B attempted 1 mutating call that its original never made.",
      "B attempted 2 mutating calls with arguments that differ from its original.",
    ]);
    expect(wantedText("A", original)).toEqual([]);
  });

  test("a side is called by what it is", () => {
    expect([sideWord(original), sideWord(replay)]).toEqual(["original", "replay 1"]);
  });
});
