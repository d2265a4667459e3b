import { formatCount } from "#/components/ui/format.ts";
import type { Tone } from "#/components/ui/tones.ts";
import type { BatchItemStatus, BatchStatus, BatchStatusReason } from "#/lib/contract/batch.ts";

/** The words and colours of batches. */
export const batchLabel: Record<BatchStatus, string> = {
  running: "Running",
  paused: "Paused",
  completed: "Completed",
  aborted: "Aborted",
};

export const batchTone: Record<BatchStatus, Tone> = {
  running: "running",
  paused: "paused",
  completed: "completed",
  aborted: "cancelled",
};

export const batchReason: Record<BatchStatusReason, string> = {
  user: "by a user",
  cost_cap: "cost cap reached",
  forbidden: "author may no longer replay",
};

export const itemLabel: Record<BatchItemStatus, string> = {
  queued: "Queued",
  submitted: "Submitted",
  refused: "Refused",
  skipped: "Skipped",
  aborted: "Aborted",
};

export const itemTone: Record<BatchItemStatus, Tone> = {
  queued: "pending",
  submitted: "running",
  refused: "warning",
  skipped: "neutral",
  aborted: "cancelled",
};

export function runsWords(count: number): string {
  return count === 1 ? "1 run" : `${formatCount(count)} runs`;
}

/** When the last replay of a batch starts, from seconds: `within a minute`, `in about 14 min`, `in about 1 h 5 min`. Pure. */
export function etaWords(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (minutes === 0) return "within a minute";
  if (minutes < 60) return `in about ${minutes} min`;
  const rest = minutes % 60;
  return `in about ${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}
