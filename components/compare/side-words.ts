import type { ComparedRun } from "#/lib/contract/compare.ts";

/** What a side is: `original`, or `replay 2`. */
export function sideWord(run: ComparedRun): string {
  return run.replayOf === null ? "original" : `replay ${run.depth}`;
}

/** How the two runs are related, in a sentence for the page's head. */
export function relationText(a: ComparedRun, b: ComparedRun): string {
  if (a.id === b.id) return "A run compared with itself.";
  if (b.replayOf === a.id) return "B is a replay of A.";
  if (a.replayOf === b.id) return "A is a replay of B.";
  if (a.replayOf !== null && a.replayOf === b.replayOf) return "Both are replays of the same run.";
  if (a.workflow.id !== b.workflow.id) return "Runs of different workflows.";
  return "Two runs of the same workflow.";
}

/** Changes to the world that a side attempted and its own original did not; empty for originals. */
export function wantedText(side: "A" | "B", { effects }: ComparedRun): string[] {
  const calls = (count: number) => `${count} mutating ${count === 1 ? "call" : "calls"}`;
  return [
    effects.neverMadeByOriginal > 0
      ? `${side} attempted ${calls(effects.neverMadeByOriginal)} that its original never made.`
      : "",
    effects.otherArguments > 0
      ? `${side} attempted ${calls(effects.otherArguments)} with arguments that differ from its original.`
      : "",
  ].filter((text) => text !== "");
}
