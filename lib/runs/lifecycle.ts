import { isFinal, type RunStatus, type StatusReason } from "#/lib/contract/status.ts";

/** From which statuses a run may enter each; the SQL that changes a status names its sources from here. */
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

/** From which statuses a run that nobody has held since it was queued is started; any other is taken over. */
export function startSources(): RunStatus[] {
  return sourcesOf("running").filter((status) => status !== "running");
}

/**
 * Does the time that passes count towards `maxDurationMs`? While someone works on the run, between the attempts of a
 * call, and while it waits for runs inside it (as long as any of those is at work: run-clock-store.ts); not while it is
 * paused, in the queue, or waits for a timer or an approval.
 */
export function timeCounts(status: RunStatus, waitsFor: readonly StatusReason[]): boolean {
  if (status !== "waiting") return status === "running";
  return waitsFor.includes("retry_backoff") || waitsFor.includes("child_run");
}

/** Is this change of status legal? `running` → `running` is a change of worker. */
export function mayChange(from: RunStatus, to: RunStatus): boolean {
  return !isFinal(from) && sources[to].includes(from);
}
