import type { Run, RunSummary } from "#/lib/contract/run.ts";

/**
 * The phase that a run is in. Exactly one of isQueued, isExecuting, isWaiting (paused included) and isCompleted holds.
 * isCompleted: it has ended, in whatever way; isSuccess, isFailed or isCancelled says how.
 */
export type RunFlags = {
  readonly isQueued: boolean;
  readonly isExecuting: boolean;
  readonly isWaiting: boolean;
  readonly isCompleted: boolean;
  readonly isFailed: boolean;
  readonly isCancelled: boolean;
  /** The same, as American English writes it. */
  readonly isCanceled: boolean;
  readonly isSuccess: boolean;
};

export type RunObject = Run & RunFlags;
export type RunSummaryObject = RunSummary & RunFlags;

/** Getters of a prototype: they follow the status, and JSON.stringify of a run gives what the service sent. */
const flags: RunFlags & ThisType<RunSummary> = {
  get isQueued() {
    return this.status === "pending";
  },
  get isExecuting() {
    return this.status === "running";
  },
  get isWaiting() {
    return this.status === "waiting" || this.status === "paused";
  },
  get isCompleted() {
    return this.status === "completed" || this.status === "failed" || this.status === "cancelled";
  },
  get isFailed() {
    return this.status === "failed";
  },
  get isCancelled() {
    return this.status === "cancelled";
  },
  get isCanceled() {
    return this.status === "cancelled";
  },
  get isSuccess() {
    return this.status === "completed";
  },
};

/** The run with its flags. */
export function runObject<T extends RunSummary>(run: T): T & RunFlags {
  return Object.create(flags, Object.getOwnPropertyDescriptors(run)) as T & RunFlags;
}
