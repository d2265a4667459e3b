import type { Run, RunSummary, Step } from "#/lib/contract/run.ts";
import { formatCost, formatCount, formatDuration, formatStatus, formatTime, unknown } from "./format.ts";
import type { Output } from "./output.ts";
import { safeJson } from "./safe-text.ts";

/** Runs as a table. */
export function showRuns(output: Output, runs: RunSummary[]): void {
  const status = (cell: string) => output.paintStatus(cell);
  output.table(
    [
      { title: "ID" },
      { title: "WORKFLOW", shrinkTo: 10 },
      { title: "VERSION", align: "right", optional: 3 },
      { title: "STATUS", shrinkTo: 9, paint: status },
      { title: "MODE", optional: 2 },
      { title: "CREATED", optional: 1 },
      { title: "DURATION", align: "right", optional: 4 },
      { title: "COST", align: "right", optional: 5 },
    ],
    runs.map((run) => [
      run.id,
      run.workflow.slug,
      run.version === null ? unknown : String(run.version),
      formatStatus(run),
      run.replayOf === null ? "original" : (run.mode ?? unknown),
      formatTime(run.createdAt),
      formatDuration(run.durationMs),
      formatCost(run.costMicros),
    ]),
  );
}

/** One run, with where it comes from, what it cost and what it did. */
export function showRun(output: Output, run: Run, link: string): void {
  const tokens = `${formatCount(run.usage.inputTokens)} in, ${formatCount(run.usage.outputTokens)} out`;
  output.fields([
    ["Run", run.id],
    ["Workflow", `${run.workflow.slug}, version ${run.version ?? unknown}, ${run.environment}`],
    ["Status", formatStatus(run)],
    [
      "Error",
      run.error && `${run.error.code}${run.error.nodeId ? ` at ${run.error.nodeId}` : ""}: ${run.error.message}`,
    ],
    ["Replay of", run.replayOf && `${run.replayOf} (${run.mode ?? unknown}, depth ${run.depth})`],
    ["From node", run.fromNodeId],
    ["Tags", run.tags.length > 0 ? run.tags.join(", ") : null],
    ["Created", formatTime(run.createdAt)],
    ["Duration", formatDuration(run.durationMs)],
    ["Tokens", tokens],
    ["Cost", formatCost(run.costMicros)],
    ["Effects", effectsOf(run)],
    ["Payload", safeJson(run.payload)],
    ["Output", safeJson(run.output)],
    ["Page", link],
  ]);
}

/** Steps as a table. */
export function showSteps(output: Output, steps: Step[]): void {
  output.table(
    [
      { title: "STEP", shrinkTo: 12 },
      { title: "TYPE", optional: 5 },
      { title: "STATUS", paint: (cell) => output.paintStatus(cell) },
      { title: "ATTEMPTS", align: "right", optional: 4 },
      { title: "DURATION", align: "right", optional: 3 },
      { title: "EFFECT", optional: 2 },
      { title: "ERROR", shrinkTo: 20 },
    ],
    steps.map((step) => [
      step.key,
      step.type ?? unknown,
      step.status,
      step.reusedFrom ? "reused" : String(step.attempts.length),
      formatDuration(elapsedMs(step.startedAt, step.finishedAt)),
      step.effect?.verdict ?? "",
      lastError(step),
    ]),
  );
}

function lastError(step: Step): string {
  if (step.status !== "failed") return "";
  const error = step.attempts.at(-1)?.error;
  return error ? `${error.code}: ${error.message}` : "";
}

function elapsedMs(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Date.parse(to) - Date.parse(from);
}

const effectWords: [name: keyof RunSummary["effects"], words: string][] = [
  ["live", "live"],
  ["dryRunRecorded", "answered from the record"],
  ["dryRunSimulated", "simulated"],
  ["blocked", "blocked"],
  ["reused", "reused"],
  ["refused", "refused before the call"],
  ["neverMadeByOriginal", "never made by the original"],
  ["otherArguments", "with other arguments"],
];

/** What calls came to, in words; null when there were none. Pure. */
export function effectsOf({ effects }: Pick<RunSummary, "effects">): string | null {
  const parts = effectWords.filter(([name]) => effects[name] > 0).map(([name, words]) => `${effects[name]} ${words}`);
  return parts.length > 0 ? parts.join(", ") : null;
}
