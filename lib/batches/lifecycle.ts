import type { BatchStatus } from "#/lib/contract/batch.ts";
import { DomainError } from "#/lib/core/errors.ts";

const steps = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  abort: { from: ["running", "paused"], to: "aborted" },
  retry: { from: ["running", "paused", "completed", "aborted"], to: "running" },
  complete: { from: ["running"], to: "completed" },
} as const satisfies Record<string, { from: readonly BatchStatus[]; to: BatchStatus }>;
export type BatchStep = keyof typeof steps;

/** The status to which a step leads a batch. Throws `illegal_transition` where it leads nowhere. Pure. */
export function nextStatus(status: BatchStatus, step: BatchStep): BatchStatus {
  const { from, to } = steps[step];
  if ((from as readonly BatchStatus[]).includes(status)) return to;
  throw new DomainError("illegal_transition", `The batch is ${status}.`, { details: { status } });
}
