import { logger } from "#/lib/core/logger.ts";
import { fail, fetch, queues, touch, type HeldJob } from "#/lib/queue/boss.ts";
import { executeRun, type HeldRun } from "#/lib/runs/execute-run.ts";
import { controlOf, ownersOf } from "#/lib/runs/claim-store.ts";

export type WorkerSettings = { slots: number };

const pollMs = 1000;
const beatMs = 3000;

/** One worker process: claims as many runs as it has free slots, runs them, beats for them, and drains on request. */
export class Worker {
  private readonly held = new Map<string, HeldRun>();
  private readonly settings: WorkerSettings;
  private draining = false;
  /** Set by a wake that arrives between an empty fetch and the wait; else it would be slept through. */
  private woken = false;
  private wakeUp: (() => void) | null = null;

  constructor(settings: WorkerSettings) {
    this.settings = settings;
  }

  get running(): number {
    return this.held.size;
  }

  /** There may be work: a job was sent, or a slot became free. */
  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  /** Somebody asked a run to stop or pause; a run of another worker is none of ours. */
  async control(runId: string): Promise<void> {
    const held = this.held.get(runId);
    const control = held?.session ? await controlOf(runId) : null;
    if (control) held?.session?.stop.stop(control);
  }

  /** Claims and runs until drained. Errors of the database are logged and tried again. */
  async work(): Promise<void> {
    const beat = setInterval(() => void this.beat().catch(logFailure("beat")), beatMs);
    try {
      while (!this.draining) {
        const claimed = await this.claim().catch((error: unknown) => {
          logFailure("claim")(error);
          return 0;
        });
        if (claimed === 0) await this.sleep();
      }
      await this.emptied();
    } finally {
      clearInterval(beat);
    }
  }

  /** Takes no more runs; resolves when those in hand have ended, or were handed on after `graceMs`. */
  async drain(graceMs: number): Promise<void> {
    this.draining = true;
    this.wake();
    const hurry = setTimeout(() => {
      for (const held of this.held.values()) {
        held.stopNow = true;
        held.session?.stop.stop("shutdown");
      }
    }, graceMs);
    await this.emptied();
    clearTimeout(hurry);
  }

  private async claim(): Promise<number> {
    const free = this.settings.slots - this.held.size;
    if (free <= 0) return 0;
    this.woken = false;
    const jobs = await fetch(queues.runs, free);
    for (const job of jobs) this.take(job);
    return jobs.length;
  }

  private take(job: HeldJob): void {
    const held: HeldRun = { ...job.data, job, session: null, stopNow: false };
    this.held.set(held.runId, held);
    executeRun(held)
      .catch(async (error: unknown) => {
        logger.error({ err: error, runId: held.runId }, "run goes back to the queue");
        await fail(queues.runs, job, error instanceof Error ? error.message : "failed").catch(logFailure("fail"));
      })
      .finally(() => {
        this.held.delete(held.runId);
        this.wake();
      });
  }

  /** Keeps the jobs ours; drops runs that were given to another worker while this one did not beat. */
  private async beat(): Promise<void> {
    const all = [...this.held.values()];
    const ours = await touch(all.map((held) => held.job));
    const owners = ours ? null : await ownersOf(all.map((held) => held.runId));
    for (const held of all) {
      const { session } = held;
      if (!session) continue;
      if (owners && owners.get(held.runId) !== session.owner) session.stop.stop("lost");
      else if (session.run.control === null) await this.control(held.runId);
    }
  }

  private sleep(): Promise<void> {
    if (this.woken) return Promise.resolve();
    return new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wakeUp = null;
        resolve();
      };
      const timer = setTimeout(done, pollMs);
      this.wakeUp = done;
    });
  }

  private async emptied(): Promise<void> {
    while (this.held.size > 0) await this.sleep();
  }
}

function logFailure(what: string): (error: unknown) => void {
  return (error) => logger.error({ err: error }, `${what} failed`);
}
