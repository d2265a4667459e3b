import { setTimeout as sleep } from "node:timers/promises";
import { isFinal } from "#/lib/contract/status.ts";
import { findTracedRun, listTraceRows, tracesChangedAfter, type TraceRow } from "#/lib/runs/trace-rows-store.ts";
import type { ChaosWorkspace } from "./stage.ts";
import type { Violations } from "./violations.ts";

const rowsAtOnce = 7;
const betweenReadsMs = 150;

/**
 * Reads a run by what changed since the last read, a few rows at a time, while it is written, its workers die and others
 * take it over. Put together, what came must be the run's rows, each as it was left.
 */
export async function followTrace(
  { id: workspaceId, system }: ChaosWorkspace,
  runId: string,
  violations: Violations,
): Promise<void> {
  const merged = new Map<string, TraceRow>();
  for (let after = 0; ;) {
    // The status first: what a final run has is all there by then.
    const run = await persist(() => findTracedRun(system.db, workspaceId, runId));
    const changed = await persist(() => tracesChangedAfter(system.db, workspaceId, runId, after, rowsAtOnce));
    for (const row of changed) merged.set(row.id, row);
    after = changed.at(-1)?.rev ?? after;
    if (changed.length === rowsAtOnce) continue;
    if (run === null || isFinal(run.status)) break;
    await sleep(betweenReadsMs);
  }
  const whole = await persist(() => listTraceRows(system.db, workspaceId, runId));
  for (const row of whole)
    if (JSON.stringify(merged.get(row.id)) !== JSON.stringify(row))
      violations.add("segment_missed_a_change", `${runId} ${row.key}`);
  if (merged.size !== whole.length) violations.add("segments_of_other_rows", `${runId} ${merged.size} ${whole.length}`);
}

/** Asks until the database answers. */
async function persist<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch {
      await sleep(betweenReadsMs);
    }
  }
}
