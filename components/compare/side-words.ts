import type { ComparedRun } from "#/lib/contract/compare.ts";

/** What a side is: `original`, or `replay 2`. */
export function sideWord(run: ComparedRun): string {
  return run.replayOf === null ? "original" : `replay ${run.depth}`;
}

/** How the two belong together, in a sentence for the page's head. */
export function relationText(a: ComparedRun, b: ComparedRun): string {
  if (a.id === b.id) return "A run beside itself.";
  if (b.replayOf === a.id) return "B is a replay of A.";
  if (a.replayOf === b.id) return "A is a replay of B.";
  if (a.replayOf !== null && a.replayOf === b.replayOf) return "Both are replays of the same run.";
  if (a.workflow.id !== b.workflow.id) return "Runs of two workflows.";
  return "Two runs of one workflow.";
}
