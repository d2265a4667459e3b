import { isFinal, type RunStatus, type StatusReason } from "#/lib/contract/status.ts";

/** The statuses from which a run may enter each one; the SQL that changes a status takes its sources from here. */
const sources: Record<RunStatus, readonly RunStatus[]> = {
  pending: ["pending", "waiting", "paused"],
  running: ["pending", "running"],
  waiting: ["running"],
  paused: ["pending", "running", "waiting"],
  completed: ["running"],
  failed: ["pending", "running", "waiting", "paused"],
  cancelled: ["pending", "running", "waiting", "paused"],
};

/** The statuses from which a run may enter `target`. Nothing leaves a final status. */
export function sourcesOf(target: RunStatus): RunStatus[] {
  return [...sources[target]];
}

/**
 * The statuses from which a run that nobody has held since it was queued is started; from any other it is taken over.
 */
export function startSources(): RunStatus[] {
  return sourcesOf("running").filter((status) => status !== "running");
}

/**
 * Does passing time count towards `maxDurationMs`? It does while someone works on the run, between the attempts of a
 * call, and while the run waits for runs inside it (as long as any of those is at work: run-clock-store.ts). It does
 * not while the run is paused, in the queue, or waiting for a timer or an approval.
 */
export function timeCounts(status: RunStatus, waitsFor: readonly StatusReason[]): boolean {
  if (status !== "waiting") return status === "running";
  return waitsFor.includes("retry_backoff") || waitsFor.includes("child_run");
}

/** Is this change of status legal? `running` → `running` is a change of worker. */
export function mayChange(from: RunStatus, to: RunStatus): boolean {
  return !isFinal(from) && sources[to].includes(from);
}
