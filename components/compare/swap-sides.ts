import type { ComparedStep, NumberDelta, RunComparison, ValueDiff } from "#/lib/contract/compare.ts";

/** The same comparison seen from the other side. Pure. */
export function swapSides(comparison: RunComparison): RunComparison {
  const { a, b, totals, counts } = comparison;
  return {
    ...comparison,
    a: b,
    b: a,
    totals: {
      steps: swapDelta(totals.steps),
      durationMs: swapDelta(totals.durationMs),
      inputTokens: swapDelta(totals.inputTokens),
      outputTokens: swapDelta(totals.outputTokens),
      costMicros: swapDelta(totals.costMicros),
    },
    counts: { ...counts, onlyA: counts.onlyB, onlyB: counts.onlyA },
    steps: comparison.steps.map(swapStep),
  };
}

function swapStep(step: ComparedStep): ComparedStep {
  return {
    ...step,
    a: step.b,
    b: step.a,
    arguments: swapDiff(step.arguments),
    output: swapDiff(step.output),
    durationMs: swapDelta(step.durationMs),
    inputTokens: swapDelta(step.inputTokens),
    outputTokens: swapDelta(step.outputTokens),
    costMicros: swapDelta(step.costMicros),
  };
}

function swapDelta({ a, b, delta }: NumberDelta): NumberDelta {
  return { a: b, b: a, delta: delta === null || delta === 0 ? delta : -delta };
}

const otherOp = { added: "removed", removed: "added", changed: "changed" } as const;

function swapDiff(diff: ValueDiff | null): ValueDiff | null {
  return (
    diff && { ...diff, changes: diff.changes.map(({ path, op, a, b }) => ({ path, op: otherOp[op], a: b, b: a })) }
  );
}
