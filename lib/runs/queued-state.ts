import type { RunRow } from "./run-store.ts";

export type QueuedState = {
  statusReason: "queued" | "delayed" | "pending_version";
  expiresAt: Date | null;
  dueAt: Date | null;
};

/**
 * What a pending run waits for (its version, its time, or only a slot), and when it next needs attention. The TTL
 * counts from the moment at which the run could start, and only until it has started once. Pure.
 */
export function queuedState(
  run: Pick<RunRow, "versionId" | "startAt" | "ttlMs" | "startedAt" | "expiresAt">,
  now: Date,
): QueuedState {
  const started = run.startedAt !== null;
  const delayed = !started && run.startAt !== null && run.startAt > now;
  if (delayed && run.versionId !== null) return { statusReason: "delayed", expiresAt: null, dueAt: run.startAt };
  const expiresAt = started || run.ttlMs === null ? null : (run.expiresAt ?? new Date(now.getTime() + run.ttlMs));
  return { statusReason: run.versionId === null ? "pending_version" : "queued", expiresAt, dueAt: expiresAt };
}
