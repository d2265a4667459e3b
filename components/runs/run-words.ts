import type { EffectsSummary } from "#/lib/contract/run.ts";
import type { EffectVerdict, ReplayMode, RunStatus, StatusReason, TriggerKind } from "#/lib/contract/status.ts";
import type { Tone } from "#/components/ui/tones.ts";

/** The words and colours that every page uses for statuses, verdicts, modes and triggers. */
export const statusLabel: Record<RunStatus, string> = {
  pending: "Pending",
  running: "Running",
  waiting: "Waiting",
  paused: "Paused",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

export const statusTone: Record<RunStatus, Tone> = {
  pending: "pending",
  running: "running",
  waiting: "waiting",
  paused: "paused",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
};

export const reasonLabel: Record<StatusReason, string> = {
  queued: "queued",
  delayed: "delayed",
  pending_version: "waiting for its version",
  child_run: "child run",
  timer: "timer",
  approval: "approval",
  retry_backoff: "retry backoff",
  error: "error",
  timed_out: "timed out",
  crashed: "worker crashed",
  system_failure: "system failure",
  expired: "expired before start",
  user: "by a user",
  parent: "by its parent",
  policy: "by policy",
};

export const effectTone: Record<EffectVerdict, Tone> = {
  live: "live",
  dry_run_recorded: "recorded",
  dry_run_simulated: "simulated",
  blocked: "blocked",
  reused: "reused",
  refused: "failed",
};

export const effectLabel: Record<EffectVerdict, string> = {
  live: "live",
  dry_run_recorded: "dry run · recorded",
  dry_run_simulated: "dry run · simulated",
  blocked: "blocked",
  reused: "reused",
  refused: "refused",
};

/** Where a run's summary counts each verdict, in the order in which they are shown. */
export const effectFields: readonly [EffectVerdict, keyof EffectsSummary][] = [
  ["live", "live"],
  ["dry_run_recorded", "dryRunRecorded"],
  ["dry_run_simulated", "dryRunSimulated"],
  ["blocked", "blocked"],
  ["reused", "reused"],
  ["refused", "refused"],
];

/** A run without a mode is an original. */
export const modeLabel: Record<ReplayMode | "original", string> = {
  original: "Original",
  as_is: "Replay as-is",
  prompt: "Replay with new prompt",
  model: "Replay with new model",
};

export const triggerLabel: Record<TriggerKind, string> = {
  api: "API",
  page: "Page",
  cli: "CLI",
  mcp: "MCP",
  replay: "Replay",
  batch: "Batch",
  parent: "Parent run",
  schedule: "Schedule",
};
