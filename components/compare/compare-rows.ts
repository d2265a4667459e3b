import type { ComparedStep, ComparedStepSide, RunComparison, StepDifference } from "#/lib/contract/compare.ts";

/** The state of a row: missing on one side, changed, or the same. */
export type RowState = "same" | "changed" | "onlyA" | "onlyB";

export function rowState(step: ComparedStep): RowState {
  if (step.b === null) return "onlyA";
  if (step.a === null) return "onlyB";
  return step.differences.length > 0 ? "changed" : "same";
}

/** Indexes of the rows that are shown: all, or only those that are not the same on both sides. */
export function shownRows(steps: readonly ComparedStep[], differencesOnly: boolean): number[] {
  const all = steps.map((_step, index) => index);
  return differencesOnly ? all.filter((index) => rowState(steps[index] as ComparedStep) !== "same") : all;
}

/** The next (1) or previous (-1) row that is not the same on both sides; -1 when there is none in that direction. */
export function nextDifference(steps: readonly ComparedStep[], from: number, direction: 1 | -1): number {
  for (let index = from + direction; index >= 0 && index < steps.length; index += direction)
    if (rowState(steps[index] as ComparedStep) !== "same") return index;
  return -1;
}

/** The row of a step that a link names by either side's span; without a span, where the runs diverge. -1 = no rows. */
export function selectedRow(comparison: RunComparison, spanId: string | null): number {
  const { steps } = comparison;
  const named =
    spanId === null ? -1 : steps.findIndex((step) => step.a?.spanId === spanId || step.b?.spanId === spanId);
  if (named !== -1) return named;
  if (comparison.firstDivergence !== null) return comparison.firstDivergence;
  const different = nextDifference(steps, -1, 1);
  return different === -1 && steps.length > 0 ? 0 : different;
}

/** The span by which a link names the row: that of the side that has the step. */
export function rowSpan(step: ComparedStep): string | null {
  return step.b?.spanId ?? step.a?.spanId ?? null;
}

/**
 * A step's own name in its path, and its depth: `decide/turn-1/refund-0` → `refund-0`, 2. A node with a title in its
 * version goes by the title, as in the trace, with `id` beside it.
 */
export function stepName(
  side: ComparedStepSide,
  titles: ReadonlyMap<string, string>,
): { name: string; id: string | null; depth: number } {
  const path = side.key.split("/");
  const inLoop = path.length === 1 ? (side.key.match(/\]\./g)?.length ?? 0) : 0;
  const title = side.key === side.nodeId ? titles.get(side.nodeId) : undefined;
  return {
    ...{ name: title ?? (path.at(-1) || side.key), id: title === undefined ? null : side.nodeId },
    depth: path.length - 1 + inLoop,
  };
}

/** The words for what can differ in a step. */
export const differenceLabel: Record<StepDifference, string> = {
  type: "type",
  status: "status",
  model: "model",
  prompt: "prompt",
  arguments: "arguments",
  output: "output",
  effect: "effect",
};
