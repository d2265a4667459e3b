import { logger } from "#/lib/core/logger.ts";
import { withLogContext } from "#/lib/core/log-context.ts";
import type { HeldJob } from "#/lib/queue/boss.ts";
import { holdingsOf, type Claiming } from "#/lib/runs/claim-store.ts";
import { executeRun, type Executed, type HeldRun } from "#/lib/runs/execute-run.ts";

/** The runs that one thread of a worker executes, each from its job to its end or until it is let go. */
export class HeldRuns {
  readonly #held = new Set<HeldRun>();
  readonly #length: Claiming["length"];
  #stopping: HeldRun["stopping"] = null;

  /** `length`: a thread for short runs leaves long ones (runs/long-runs.ts) to somebody else. */
  constructor(length: Claiming["length"]) {
    this.#length = length;
  }

  /** As `executeRun`. `isMoved`: another thread of this worker has begun the run. */
  async execute(job: HeldJob, isMoved = false): Promise<Executed> {
    const claiming = { length: this.#length, isMoved };
    const held: HeldRun = { ...job.data, job, session: null, stopping: this.#stopping, claiming };
    this.#held.add(held);
    const { runId, workspaceId } = held;
    return withLogContext({ runId, workspaceId }, () => executeRun(held)).finally(() => this.#held.delete(held));
  }

  /** Lets all runs go, and those that are still to come. */
  stopAll(reason: NonNullable<HeldRun["stopping"]>): void {
    this.#stopping = reason;
    for (const held of this.#held) {
      held.stopping = reason;
      held.session?.stop.stop(reason);
    }
  }

  /** Someone asked a run to stop or pause; another thread's run is ignored. */
  async control(runId: string): Promise<void> {
    const concerned = [...this.#held].filter((held) => held.runId === runId);
    if (concerned.length > 0) await this.#obey(concerned).catch(logFailure("control"));
  }

  /** Stops runs that were given to another worker, or that someone asked to stop. */
  async obey(): Promise<void> {
    await this.#obey([...this.#held]);
  }

  /** Lists the sessions before it asks the database: one that opens meanwhile is not in the answer. */
  async #obey(runs: HeldRun[]): Promise<void> {
    const sessions = runs.flatMap(({ session }) => session ?? []);
    const holdings = await holdingsOf(sessions.map(({ run }) => run.id));
    for (const session of sessions) {
      const holding = holdings.get(session.run.id);
      if (holding?.owner !== session.owner) session.stop.stop("lost");
      else if (holding.control) session.stop.stop(holding.control);
    }
  }
}

/** Logs what went wrong with `what`. */
export function logFailure(what: string): (error: unknown) => void {
  return (error) => logger.error({ err: error }, `${what} failed`);
}
