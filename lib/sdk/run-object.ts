import type { ReplayAccepted } from "#/lib/contract/replay.ts";
import type { Run, RunAccepted, RunSummary } from "#/lib/contract/run.ts";
import type { AnyWorkflow, OfWorkflow, WorkflowType } from "./workflow-type.ts";

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

/** A run; with a workflow's type, payload and output are what that says. `output` is null until the run has succeeded. */
export type RunObject<W extends WorkflowType = AnyWorkflow> = Omit<Run, "workflow" | "payload" | "output"> &
  RunFlags &
  OfWorkflow<W> & {
    workflow: { id: string; slug: W["slug"] };
    payload: Exclude<W["payload"], undefined>;
    output: W["output"] | null;
  };
/** An accepted run. Passed to `retrieve`, `poll` or `subscribeToRun`, it says of which workflow the run is. */
export type RunHandle<W extends WorkflowType = AnyWorkflow> = RunAccepted & OfWorkflow<W>;
export type ReplayHandle<W extends WorkflowType = AnyWorkflow> = ReplayAccepted & OfWorkflow<W>;
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
