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

/** One step. `type` is the node's type or the span's kind; the signature identifies a call. */
export type CompareStep = Omit<ComparedStepSide, "spanId"> & { spanId?: string | null; signature?: string | null };

/** A step's bodies; the input holds what it was called with. */
export type ComparedBodies = { input: Json; output: Json };

/** Where the bodies of two steps differ; null where they do not. */
export type PairDiffs = { arguments: ValueDiff | null; output: ValueDiff | null };

/** A run with its steps in the order in which they began. */
export type CompareSide<Step extends CompareStep> = { run: ComparedRun; steps: readonly Step[] };

const noDiffs: PairDiffs = { arguments: null, output: null };

/**
 * Compares two runs step by step. `a` is the older side (for a replay its source), `mapping` leads from a's node ids to
 * b's, and `diffsOf` tells where the bodies of two steps differ. Pure: the caller loads and authorises both runs.
 */
export function compareRuns<Step extends CompareStep>(
  a: CompareSide<Step>,
  b: CompareSide<Step>,
  mapping: MappingPairs,
  diffsOf: (a: Step, b: Step) => PairDiffs,
): RunComparison {
  const steps = alignSteps(a.steps, b.steps, mapping).map((pair) =>
    compareStep(pair, pair.a && pair.b ? diffsOf(pair.a, pair.b) : noDiffs),
  );
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

/**
 * Where two steps differ in what they were called with and what they answered; what is shown counts against `budget`.
 */
export function diffBodies(
  a: CompareStep & ComparedBodies,
  b: CompareStep & ComparedBodies,
  budget: DiffBudget,
): PairDiffs {
  return {
    arguments: isKnownSame(a, b) ? null : diffValues(a.input, b.input, budget),
    output: diffValues(a.output, b.output, budget),
  };
}

function compareStep({ a, b, alignedBy }: AlignedPair<CompareStep>, diffs: PairDiffs): ComparedStep {
  const differences = a && b ? differencesOf(a, b, diffs) : [];
  return {
    a: a && sideOf(a),
    b: b && sideOf(b),
    alignedBy,
    differences,
    // A dry run in place of a live call is what a replay is for; only what follows from it would be a divergence.
    diverges: alignedBy === null || differences.some((difference) => difference !== "effect"),
    ...diffs,
    durationMs: delta(a?.durationMs, b?.durationMs),
    inputTokens: delta(a?.usage?.inputTokens, b?.usage?.inputTokens),
    outputTokens: delta(a?.usage?.outputTokens, b?.usage?.outputTokens),
    costMicros: delta(a?.costMicros, b?.costMicros),
  };
}

function differencesOf(a: CompareStep, b: CompareStep, diffs: PairDiffs): StepDifference[] {
  const isDifferent: Record<StepDifference, boolean> = {
    type: a.type !== b.type,
    status: a.status !== b.status,
    model: a.modelRef !== b.modelRef,
    prompt: a.promptHash !== b.promptHash,
    arguments: diffs.arguments !== null,
    output: diffs.output !== null,
    effect: a.effect?.verdict !== b.effect?.verdict || a.effect?.mutating !== b.effect?.mutating,
  };
  return (Object.keys(isDifferent) as StepDifference[]).filter((name) => isDifferent[name]);
}

function sideOf(step: CompareStep): ComparedStepSide {
  const { signature: _signature, ...side } = step;
  return { ...side, spanId: step.spanId ?? null };
}

/**
 * Do both calls have signatures in which everything is known and equal? What does not count towards the identity of a
 * call (parts from run or environment, ignored ones) is no difference.
 */
export function isKnownSame({ signature: a }: CompareStep, { signature: b }: CompareStep): boolean {
  return typeof a === "string" && a === b && !isFormer(a);
}

function delta(a: number | null | undefined, b: number | null | undefined): NumberDelta {
  const [left, right] = [a ?? null, b ?? null];
  return { a: left, b: right, delta: left === null || right === null ? null : right - left };
}
