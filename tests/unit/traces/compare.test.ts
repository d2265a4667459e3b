import { describe, expect, test } from "vitest";
import { RunComparison } from "#/lib/contract/compare.ts";
import { noEffects, type EffectView } from "#/lib/contract/run.ts";
import { alignSteps, type Alignable } from "#/lib/traces/align-steps.ts";
import {
  compareWithBodies as compareRuns,
  type FullSide as CompareSide,
  type FullStep as CompareStep,
} from "./compare-with-bodies.ts";
import { randomNumbers } from "./span-rows.ts";

/** `key`, `key:type` or `key@node:type`. */
function parse(text: string): Alignable {
  const [path = "", type = "tool"] = text.split(":");
  const [key = "", node] = path.split("@");
  return { key, nodeId: node ?? key.split("/")[0]?.split(".").at(-1)?.replace(/\[.*/, "") ?? key, type };
}

const aligned = (a: string, b: string, mapping?: Record<string, string | null>) =>
  alignSteps(a.split(" ").filter(Boolean).map(parse), b.split(" ").filter(Boolean).map(parse), mapping).map(
    (pair) => `${pair.a?.key ?? "-"}=${pair.b?.key ?? "-"}${pair.alignedBy ? ` ${pair.alignedBy}` : ""}`,
  );

describe("alignment", () => {
  const cases: [string, string, string, Record<string, string | null>, string[]][] = [
    ["nothing", "", "", {}, []],
    ["the same", "x y", "x y", {}, ["x=x node", "y=y node"]],
    ["only in a", "x y z", "x z", {}, ["x=x node", "y=-", "z=z node"]],
    ["only in b", "x z", "x y z", {}, ["x=x node", "-=y", "z=z node"]],
    ["gaps at both ends", "p:model x", "x q:wait", {}, ["p=-", "x=x node", "-=q"]],
    ["another order is still the same node", "x y", "y x", {}, ["x=x node", "y=y node"]],
    ["mapped", "x old y", "x new y", { old: "new" }, ["x=x node", "old=new mapping", "y=y node"]],
    ["a node that is mapped although its type changed", "old:tool", "new:agent", { old: "new" }, ["old=new mapping"]],
    ["gone: not paired with anything", "x old y", "x new y", { old: null }, ["x=x node", "old=-", "-=new", "y=y node"]],
    [
      "unmapped, by order between the same neighbours",
      "x old y",
      "x new y",
      {},
      ["x=x node", "old=new order", "y=y node"],
    ],
    ["by order only within one type", "x old:tool y", "x new:model y", {}, ["x=x node", "old=-", "-=new", "y=y node"]],
    ["by order only between the same neighbours", "old x y", "x new y", {}, ["old=-", "x=x node", "-=new", "y=y node"]],
    [
      "by order never a node that the other run has",
      "x x2@n y",
      "x y other@n2",
      {},
      ["x=x node", "x2=-", "y=y node", "-=other"],
    ],
    ["by order never the target of another mapping", "a1 b1", "b2", { b1: "b2" }, ["a1=-", "b1=b2 mapping"]],
    [
      "several in one gap keep their order",
      "x o1 o2:model o3 y",
      "x n1 n2:model n3 y",
      {},
      ["x=x node", "o1=n1 order", "o2=n2 order", "o3=n3 order", "y=y node"],
    ],
    [
      "loops by key",
      "each[0].score each[1].score",
      "each[0].score each[1].score each[2].score",
      {},
      ["each[0].score=each[0].score node", "each[1].score=each[1].score node", "-=each[2].score"],
    ],
    [
      "mapped inside a loop and an agent",
      "each[1].old decide/turn-1:model_call decide/turn-1/decide-0@decide:tool_call",
      "all[1].new judge/turn-1:model_call judge/turn-1/decide-0@judge:tool_call",
      { each: "all", old: "new", decide: "judge" },
      [
        "each[1].old=all[1].new mapping",
        "decide/turn-1=judge/turn-1 mapping",
        "decide/turn-1/decide-0=judge/turn-1/decide-0 mapping",
      ],
    ],
    [
      "the n-th call of a node with its n-th when keys differ",
      "d/turn-1/look-0@d d/turn-2/pay-0@d",
      "d/turn-1/find-0@d d/turn-2/pay-0@d",
      {},
      ["d/turn-1/look-0=d/turn-1/find-0 node", "d/turn-2/pay-0=d/turn-2/pay-0 node"],
    ],
    ["ids like __proto__", "__proto__ constructor", "constructor", {}, ["__proto__=-", "constructor=constructor node"]],
  ];
  test.each(cases)("%s", (_name, a, b, mapping, expected) => {
    expect(aligned(a, b, mapping)).toEqual(expected);
  });

  test("any two runs: each step appears exactly once, a's order is kept, equal keys are never apart", () => {
    const random = randomNumbers(5);
    const side = () =>
      Array.from({ length: Math.floor(random() * 12) }, () => `n${Math.floor(random() * 15)}`)
        .filter((key, index, all) => all.indexOf(key) === index)
        .map((key) => parse(`${key}:${random() < 0.5 ? "tool" : "model"}`));
    for (let round = 0; round < 300; round += 1) {
      const [a, b] = [side(), side()];
      const pairs = alignSteps(a, b, { n1: "n2", n3: null, n4: "n5" });
      expect(pairs.flatMap((pair) => pair.a ?? [])).toEqual(a);
      expect(new Set(pairs.flatMap((pair) => pair.b ?? []))).toEqual(new Set(b));
      expect(pairs.flatMap((pair) => pair.b ?? []).length).toBe(b.length);
      for (const pair of pairs) {
        expect(pair.alignedBy === null).toBe(pair.a === null || pair.b === null);
        const twin = b.find((step) => step.key === pair.a?.key);
        if (twin) expect(pair.b).toBe(twin);
      }
    }
  });

  test("20,000 unlike steps on each side stay quick", () => {
    const steps = (prefix: string, type: string) =>
      Array.from({ length: 20_000 }, (_unused, index) => parse(`${prefix}${index}:${type}`));
    // If every step were laid beside every other, this would run into the test's time limit.
    expect(alignSteps(steps("a", "tool"), steps("b", "model")).length).toBe(40_000);
    expect(alignSteps(steps("a", "tool"), steps("b", "tool")).length).toBe(20_000);
  });
});

const usage = { inputTokens: 10, outputTokens: 2, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
const live: EffectView = { verdict: "live", mutating: true, why: "POST is mutating", grant: null, recordedFrom: null };

function step(key: string, change: Partial<CompareStep> = {}): CompareStep {
  return {
    ...parse(key),
    status: "completed",
    startMs: 0,
    durationMs: 100,
    modelRef: null,
    answeredModel: null,
    promptHash: null,
    usage: null,
    costMicros: null,
    effect: null,
    input: { q: 1 },
    output: { r: 1 },
    ...change,
  };
}

function side(steps: CompareStep[], change: Partial<CompareSide["run"]> = {}): CompareSide {
  const run: CompareSide["run"] = {
    id: "run_a",
    workflow: { id: "wf_1", slug: "w" },
    version: 1,
    status: "completed",
    statusReason: null,
    mode: null,
    replayOf: null,
    depth: 0,
    startedAt: "2026-11-20T10:00:00.000Z",
    durationMs: 1000,
    usage,
    costMicros: 50,
    models: [],
    prompts: [],
    effects: noEffects,
    url: "/w/ai/runs/run_a",
    ...change,
  };
  return { run, steps };
}

describe("differences of one step", () => {
  const cases: [string, Partial<CompareStep>, Partial<CompareStep>, string[], boolean][] = [
    ["none", {}, {}, [], false],
    [
      "latency, tokens and cost are deltas only",
      { durationMs: 5, usage, costMicros: 1 },
      { durationMs: 9, usage: { ...usage, inputTokens: 1 }, costMicros: 2 },
      [],
      false,
    ],
    ["output", {}, { output: { r: 2 } }, ["output"], true],
    ["arguments", {}, { input: { q: 2 } }, ["arguments"], true],
    ["key order is no difference", { output: { a: 1, b: 2 } }, { output: { b: 2, a: 1 } }, [], false],
    ["prompt", { promptHash: "sha256:a" }, { promptHash: "sha256:b" }, ["prompt"], true],
    ["model", { modelRef: "p:a" }, { modelRef: "p:b" }, ["model"], true],
    ["status", {}, { status: "failed" }, ["status"], true],
    [
      "a dry run in place of a live call is shown, and is no divergence",
      { effect: live },
      { effect: { ...live, verdict: "dry_run_recorded" } },
      ["effect"],
      false,
    ],
    [
      "another reason for the same verdict is no difference",
      { effect: live },
      { effect: { ...live, why: "x" } },
      [],
      false,
    ],
    ["an effect that the other has not", { effect: live }, {}, ["effect"], false],
    ["several", { modelRef: "p:a", output: 1 }, { modelRef: "p:b", output: 2 }, ["model", "output"], true],
  ];
  test.each(cases)("%s", (_name, a, b, differences, diverges) => {
    const [compared] = compareRuns(side([step("x", a)]), side([step("x", b)])).steps;
    expect(compared).toMatchObject({ differences, diverges, alignedBy: "node" });
    expect(compared?.output === null).toBe(!differences.includes("output"));
    expect(compared?.arguments === null).toBe(!differences.includes("arguments"));
  });
  test("deltas are b minus a, and unknown where one side is", () => {
    const a = step("x", { durationMs: 100, usage, costMicros: 5 });
    const b = step("x", { durationMs: 40, usage: { ...usage, inputTokens: 30, outputTokens: null }, costMicros: null });
    expect(compareRuns(side([a]), side([b])).steps[0]).toMatchObject({
      durationMs: { a: 100, b: 40, delta: -60 },
      inputTokens: { a: 10, b: 30, delta: 20 },
      outputTokens: { a: 2, b: null, delta: null },
      costMicros: { a: 5, b: null, delta: null },
    });
  });
});

describe("the whole comparison", () => {
  test("counts, totals, first divergence; bodies are not repeated; fits the contract", () => {
    const a = side(
      [step("one"), step("two", { effect: live }), step("gone:wait"), step("four", { output: "a" }), step("five")],
      { costMicros: null },
    );
    const b = side(
      [
        step("one"),
        step("two", { effect: { ...live, verdict: "dry_run_recorded" } }),
        step("four", { output: "b" }),
        step("five"),
        step("more:model", { spanId: "span_9" }),
      ],
      { id: "run_b", mode: "as_is", replayOf: "run_a", depth: 1, durationMs: 1500 },
    );
    const comparison = compareRuns(a, b);
    expect(comparison.steps.map((item) => [item.a?.key ?? null, item.b?.key ?? null])).toEqual([
      ["one", "one"],
      ["two", "two"],
      ["gone", null],
      ["four", "four"],
      ["five", "five"],
      [null, "more"],
    ]);
    expect(comparison).toMatchObject({
      firstDivergence: 2,
      counts: { same: 2, changed: 2, onlyA: 1, onlyB: 1 },
      totals: {
        steps: { a: 5, b: 5, delta: 0 },
        durationMs: { delta: 500 },
        inputTokens: { delta: 0 },
        costMicros: { a: null, b: 50, delta: null },
      },
    });
    expect(comparison.steps[0]?.a).not.toHaveProperty("output");
    expect([comparison.steps[5]?.b?.spanId, comparison.steps[0]?.b?.spanId]).toEqual(["span_9", null]);
    expect(RunComparison.parse(comparison)).toEqual(comparison);
  });
  test("equal runs diverge nowhere; empty runs compare too", () => {
    expect(compareRuns(side([step("x")]), side([step("x")]))).toMatchObject({
      firstDivergence: null,
      counts: { same: 1, changed: 0 },
    });
    expect(compareRuns(side([]), side([]))).toMatchObject({ firstDivergence: null, steps: [] });
  });
  test("a mapping leads from a's nodes to b's", () => {
    const comparison = compareRuns(side([step("old")]), side([step("new", { output: 2 })]), { old: "new" });
    expect(comparison.steps).toMatchObject([{ alignedBy: "mapping", differences: ["output"] }]);
  });
});
