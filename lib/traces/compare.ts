import type {
  ComparedRun,
  ComparedStep,
  ComparedStepSide,
  NumberDelta,
  RunComparison,
  StepDifference,
  ValueDiff,
} from "#/lib/contract/compare.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { MappingPairs } from "#/lib/contract/replay.ts";
import { isFormer } from "#/lib/tools/canonical-call.ts";
import { type AlignedPair, alignSteps } from "./align-steps.ts";
import { diffValues, type DiffBudget } from "./value-diff.ts";

/** Most characters of values that one comparison carries in all its diffs: some 10 MB on the wire. */
const maxComparisonChars = 8_000_000;

/**
 * One step with its bodies. `type` is the node's type or the span's kind; the input holds what the step was called with, and
 * the signature what a call is known by.
 */
export type CompareStep = Omit<ComparedStepSide, "spanId"> & {
  spanId?: string | null;
  signature?: string | null;
  input: Json;
  output: Json;
};

/** A run with its steps in the order in which they began. */
export type CompareSide = { run: ComparedRun; steps: readonly CompareStep[] };

/**
 * Compares two runs step by step. `a` is the older side (for a replay its source) and `mapping` leads from a's node ids
 * to b's. Pure: the caller loads and authorises both runs.
 */
export function compareRuns(a: CompareSide, b: CompareSide, mapping: MappingPairs = {}): RunComparison {
  const budget: DiffBudget = { chars: maxComparisonChars };
  const steps = alignSteps(a.steps, b.steps, mapping).map((pair) => compareStep(pair, budget));
  const firstDivergence = steps.findIndex((step) => step.diverges);
  const countOf = (matches: (step: ComparedStep) => boolean) => steps.filter(matches).length;
  return {
    a: a.run,
    b: b.run,
    totals: {
      steps: delta(a.steps.length, b.steps.length),
      durationMs: delta(a.run.durationMs, b.run.durationMs),
      inputTokens: delta(a.run.usage.inputTokens, b.run.usage.inputTokens),
      outputTokens: delta(a.run.usage.outputTokens, b.run.usage.outputTokens),
      costMicros: delta(a.run.costMicros, b.run.costMicros),
    },
    counts: {
      same: countOf((step) => step.alignedBy !== null && step.differences.length === 0),
      changed: countOf((step) => step.differences.length > 0),
      onlyA: countOf((step) => step.b === null),
      onlyB: countOf((step) => step.a === null),
    },
    firstDivergence: firstDivergence === -1 ? null : firstDivergence,
    steps,
  };
}

function compareStep({ a, b, alignedBy }: AlignedPair<CompareStep>, budget: DiffBudget): ComparedStep {
  // What does not count for the identity of a call (parts from run or environment, ignored ones) is no difference here either.
  const isSame = a !== null && b !== null && isKnownSame(a.signature, b.signature);
  const argumentsDiff = a && b && !isSame ? diffValues(a.input, b.input, budget) : null;
  const outputDiff = a && b ? diffValues(a.output, b.output, budget) : null;
  const differences = a && b ? differencesOf(a, b, argumentsDiff, outputDiff) : [];
  return {
    a: a && sideOf(a),
    b: b && sideOf(b),
    alignedBy,
    differences,
    // A dry run in place of a live call is what a replay is for; only what follows from it would be a divergence.
    diverges: alignedBy === null || differences.some((difference) => difference !== "effect"),
    arguments: argumentsDiff,
    output: outputDiff,
    durationMs: delta(a?.durationMs, b?.durationMs),
    inputTokens: delta(a?.usage?.inputTokens, b?.usage?.inputTokens),
    outputTokens: delta(a?.usage?.outputTokens, b?.usage?.outputTokens),
    costMicros: delta(a?.costMicros, b?.costMicros),
  };
}

function differencesOf(
  a: CompareStep,
  b: CompareStep,
  argumentsDiff: ValueDiff | null,
  outputDiff: ValueDiff | null,
): StepDifference[] {
  const isDifferent: Record<StepDifference, boolean> = {
    type: a.type !== b.type,
    status: a.status !== b.status,
    model: a.modelRef !== b.modelRef,
    prompt: a.promptHash !== b.promptHash,
    arguments: argumentsDiff !== null,
    output: outputDiff !== null,
    effect: a.effect?.verdict !== b.effect?.verdict || a.effect?.mutating !== b.effect?.mutating,
  };
  return (Object.keys(isDifferent) as StepDifference[]).filter((name) => isDifferent[name]);
}

function sideOf(step: CompareStep): ComparedStepSide {
  const { input: _input, output: _output, signature: _signature, ...side } = step;
  return { ...side, spanId: step.spanId ?? null };
}

/** Signatures in which everything is known and equal. */
function isKnownSame(a: string | null | undefined, b: string | null | undefined): boolean {
  return typeof a === "string" && a === b && !isFormer(a);
}

function delta(a: number | null | undefined, b: number | null | undefined): NumberDelta {
  const [left, right] = [a ?? null, b ?? null];
  return { a: left, b: right, delta: left === null || right === null ? null : right - left };
}
