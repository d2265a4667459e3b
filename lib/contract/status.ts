import { z } from "zod";

export const runStatuses = ["pending", "running", "waiting", "paused", "completed", "failed", "cancelled"] as const;
export const RunStatus = z.enum(runStatuses).meta({ id: "RunStatus" });
export type RunStatus = z.infer<typeof RunStatus>;

/** Why a run has its status: exactly one of these where a status has any. */
export const reasonsOf = {
  pending: ["queued", "delayed", "pending_version"],
  running: [],
  waiting: ["child_run", "timer", "approval", "retry_backoff"],
  paused: [],
  completed: [],
  failed: ["error", "timed_out", "crashed", "system_failure", "expired"],
  cancelled: ["user", "parent", "policy"],
} as const satisfies Record<RunStatus, readonly string[]>;
export const StatusReason = z.enum(Object.values(reasonsOf).flat()).meta({ id: "StatusReason" });
export type StatusReason = z.infer<typeof StatusReason>;

export const spanStatuses = ["running", "waiting", "completed", "failed", "cancelled", "skipped"] as const;
export const SpanStatus = z.enum(spanStatuses).meta({ id: "SpanStatus" });
export type SpanStatus = z.infer<typeof SpanStatus>;

export const nodeTypes = ["model", "agent", "tool", "transform", "workflow", "map", "wait"] as const;
export const NodeType = z.enum(nodeTypes).meta({ id: "NodeType" });
export type NodeType = z.infer<typeof NodeType>;

const stepKinds: ReadonlySet<string> = new Set(nodeTypes);

/** Is a span of this kind a step of a workflow? The others stand inside of steps. */
export function isStepKind(kind: string): kind is NodeType {
  return stepKinds.has(kind);
}

/** A span is a step (its kind is its node's type) or work inside one. */
export const spanKinds = [...nodeTypes, "attempt", "model_call", "tool_call", "item"] as const;
export const SpanKind = z.enum(spanKinds).meta({ id: "SpanKind" });
export type SpanKind = z.infer<typeof SpanKind>;

/** `refused`: the call could not be made as it was asked for (unknown tool, arguments that do not fit); nothing left. */
export const effectVerdicts = [
  "live",
  "dry_run_recorded",
  "dry_run_simulated",
  "blocked",
  "reused",
  "refused",
] as const;
export const EffectVerdict = z.enum(effectVerdicts).meta({ id: "EffectVerdict" });
export type EffectVerdict = z.infer<typeof EffectVerdict>;

export const logLevels = ["debug", "info", "warn", "error"] as const;
export const LogLevel = z.enum(logLevels).meta({ id: "LogLevel" });
export type LogLevel = z.infer<typeof LogLevel>;

const replayModes = ["as_is", "prompt", "model"] as const;
export const ReplayMode = z.enum(replayModes).meta({ id: "ReplayMode" });
export type ReplayMode = z.infer<typeof ReplayMode>;

const triggerKinds = ["api", "page", "cli", "mcp", "replay", "batch", "parent", "schedule"] as const;
export const TriggerKind = z.enum(triggerKinds).meta({ id: "TriggerKind" });
export type TriggerKind = z.infer<typeof TriggerKind>;

export const finalStatuses: ReadonlySet<RunStatus> = new Set(["completed", "failed", "cancelled"]);

/** Only final runs can be replayed; nothing leaves a final status (product contract, "Run statuses"). */
export function isFinal(status: RunStatus): boolean {
  return finalStatuses.has(status);
}
