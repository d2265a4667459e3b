import { isFinal, type RunStatus, type StatusReason } from "#/lib/contract/status.ts";

/** Which reasons a status may carry (product contract, "Run statuses"); an empty list = none. */
export const reasonsOf: Record<RunStatus, readonly StatusReason[]> = {
  pending: ["queued", "delayed", "pending_version"],
  running: [],
  waiting: ["child_run", "timer", "approval", "retry_backoff"],
  paused: [],
  completed: [],
  failed: ["error", "timed_out", "crashed", "system_failure", "expired"],
  cancelled: ["user", "parent", "policy"],
};

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

/** Is this change of status legal? `running` → `running` is a change of worker. */
export function mayChange(from: RunStatus, to: RunStatus): boolean {
  return !isFinal(from) && sources[to].includes(from);
}

/** Does the status carry exactly a reason that belongs to it? */
export function isReasonOf(status: RunStatus, reason: StatusReason | null): boolean {
  const allowed = reasonsOf[status];
  return allowed.length === 0 ? reason === null : reason !== null && allowed.includes(reason);
}

/** A run that a worker may work on or that is on its way there counts against `max_running`; a waiting one does not. */
export function holdsSlot(status: RunStatus): boolean {
  return status === "running";
}
