import type { Batch, BatchItem, BatchSummary } from "#/lib/sdk/client.ts";
import type { Cli } from "./cli.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { formatCost, formatDuration, formatStatus, formatTime, unknown } from "./format.ts";
import type { Output } from "./output.ts";
import { effectsOf } from "./run-views.ts";
import { safeJson } from "./safe-text.ts";

/** One batch: how far it is, what its replays cost and did. */
export function showBatch(cli: Cli, batch: Batch): void {
  if (cli.output.isJson) return cli.output.json(batch);
  cli.output.fields([
    ["Batch", batch.id],
    ["Name", batch.name],
    ["Status", formatStatus(batch)],
    ["Request", Object.keys(batch.request).length === 0 ? "as is" : safeJson(batch.request)],
    ["Filter", batch.filter && safeJson(batch.filter)],
    ["Runs", `${batch.total}: ${countsOf(batch.counts) || "none"}`],
    ["Refused", batch.refusals.map(({ code, count }) => `${count} ${code}`).join(", ") || null],
    ["Replayed", countsOf(batch.runCounts) || null],
    ["Submitted in", inWords(batch)],
    ["Cost", costOf(batch)],
    ["Effects", effectsOf(batch)],
    ["Created", `${formatTime(batch.createdAt)}${batch.author === null ? "" : ` by ${batch.author}`}`],
    ["Finished", batch.finishedAt && formatTime(batch.finishedAt)],
    ["Page", cli.link(batch.url)],
  ]);
}

/** Batches as a table. */
export function showBatches(output: Output, batches: BatchSummary[]): void {
  output.table(
    [
      { title: "ID" },
      { title: "NAME", shrinkTo: 8, optional: 2 },
      { title: "STATUS", shrinkTo: 9, paint: (cell) => output.paintStatus(cell) },
      { title: "RUNS", align: "right" },
      { title: "SUBMITTED", align: "right" },
      { title: "COMPLETED", align: "right", optional: 3 },
      { title: "REFUSED", align: "right", optional: 4 },
      { title: "CREATED", optional: 1 },
    ],
    batches.map((batch) => [
      ...[batch.id, batch.name ?? "", formatStatus(batch)],
      ...[batch.total, batch.counts.submitted, batch.runCounts.completed, batch.counts.refused].map(String),
      formatTime(batch.createdAt),
    ]),
  );
}

/** What became of each run, as a table. */
export function showItems(output: Output, items: BatchItem[]): void {
  const status = (cell: string) => output.paintStatus(cell);
  output.table(
    [
      { title: "RUN" },
      { title: "WAS", optional: 2, paint: status },
      { title: "ITEM", paint: status },
      { title: "REPLAY" },
      { title: "STATUS", paint: status },
      { title: "COST", align: "right", optional: 3 },
      { title: "WHY NOT", shrinkTo: 20 },
    ],
    items.map((item) => [
      ...[item.runId, item.sourceStatus ?? unknown, item.status],
      ...[item.newRunId ?? unknown, item.runStatus ?? unknown],
      item.newRunId === null ? unknown : formatCost(item.costMicros),
      item.code === null ? "" : `${item.code}: ${item.message ?? ""}`,
    ]),
  );
}

/** How far a batch is, as one line of its progress. Pure. */
export function batchProgress(batch: Batch): string {
  const { submitted, queued: _, ...others } = batch.counts;
  const parts = [
    batch.status === "running" ? null : formatStatus(batch),
    `${submitted} of ${batch.total} submitted`,
    countsOf(others) || null,
    countsOf(batch.runCounts) || null,
    batch.status === "running" ? inWords(batch) && `the rest in ${inWords(batch)}` : null,
  ];
  return parts.filter((part) => part !== null).join("; ");
}

/** Success of a batch that is over: no run of it was left out, and no replay of it ended without success. Pure. */
export function batchExitCode({ status, counts, runCounts, total }: Batch): ExitCode {
  const isWhole = status === "completed" && counts.submitted === total;
  return isWhole && runCounts.failed === 0 && runCounts.cancelled === 0 ? exitCode.ok : exitCode.unsuccessful;
}

/** `3 completed, 1 failed`, without those that are none. */
function countsOf(counts: Record<string, number>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([name, count]) => `${count} ${name}`).join(", ");
}

/** Until the last replay is accepted; null when none waits or nobody knows. */
function inWords({ etaSeconds, counts }: Batch): string | null {
  if (etaSeconds === null || counts.queued === 0) return null;
  return etaSeconds === 0 ? "seconds" : `about ${formatDuration(etaSeconds * 1000)}`;
}

function costOf({ costMicros, maxCostMicros }: Batch): string {
  return maxCostMicros === null
    ? formatCost(costMicros)
    : `${formatCost(costMicros)} of at most ${formatCost(maxCostMicros)}`;
}
