import { isFinal, type RunStatus } from "#/lib/contract/status.ts";

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
