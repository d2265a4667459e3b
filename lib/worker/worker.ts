import { setTimeout as pause } from "node:timers/promises";
import { logger } from "#/lib/core/logger.ts";
import { messageOf } from "#/lib/core/loggable.ts";
import { database } from "#/db/client.ts";
import { complete, fail, fetch, isLastTry, queues, touch, type HeldJob } from "#/lib/queue/boss.ts";
import { lease } from "#/lib/queue/lease.ts";
import type { HeldRun } from "#/lib/runs/execute-run.ts";
import { longWorkflows } from "#/lib/runs/long-runs.ts";
import { persistently } from "#/lib/runs/persistently.ts";
import { giveUpRun } from "#/lib/runs/sweep.ts";
import { claimRoom } from "./claim-room.ts";
import { HeldRuns, logFailure } from "./held-runs.ts";
import { LongRuns, type ThreadMetrics } from "./long-runs.ts";

export type WorkerSettings = { slots: number };

const pollMs = 1000;
/** The pause after a claim: what is sent or freed meanwhile is claimed together, so that a burst needs few fetches. */
const gatherMs = 10;

/** One worker process: claims as many runs as it has free slots, runs them, sends heartbeats, and drains on request. */
export class Worker {
  /** In this thread, and in the one for long runs. */
  readonly #held = new Set<HeldJob>();
  readonly #short = new HeldRuns("short");
  readonly #long = new LongRuns();
  readonly #settings: WorkerSettings;
  #draining = false;
  /** Set by a wake that arrives between an empty fetch and the wait; otherwise the worker would sleep through it. */
  #woken = false;
  #wakeUp: (() => void) | null = null;
  readonly #whenEmpty: (() => void)[] = [];

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
  }

  get isDraining(): boolean {
    return this.#draining;
  }

  get slots(): number {
    return this.#settings.slots;
  }

  get running(): number {
    return this.#held.size;
  }

  /** There may be work: a job was sent, or a slot became free. */
  wake(): void {
    this.#woken = true;
    this.#wakeUp?.();
  }

  /** Someone asked a run to stop or pause; another worker's run is ignored. */
  async control(runId: string): Promise<void> {
    this.#long.control(runId);
    await this.#short.control(runId);
  }

  /** Claims and runs until drained. Database errors are logged, and the work is tried again. */
  async work(): Promise<void> {
    const beat = setInterval(() => void this.#beat().catch(logFailure("beat")), lease.beatMs);
    try {
      while (!this.#draining) {
        const claimed = await this.#claim().catch((error: unknown) => {
          logFailure("claim")(error);
          return 0;
        });
        if (claimed === 0) await this.#sleep();
        else if (!this.#draining) await pause(gatherMs);
      }
      await this.#emptied();
    } finally {
      clearInterval(beat);
    }
  }

  /**
   * Takes no more runs, and hands on those in hand after the steps in flight; stops what is still in flight after
   * `graceMs`. Resolves when nothing is in hand.
   */
  async drain(graceMs: number): Promise<void> {
    this.#draining = true;
    this.wake();
    this.#stopAll("handover");
    const hurry = setTimeout(() => this.#stopAll("shutdown"), graceMs);
    await this.#emptied();
    clearTimeout(hurry);
    await this.#long.close();
  }

  /** What the thread for long runs has measured. */
  longMetrics(): Promise<ThreadMetrics> {
    return this.#long.metrics();
  }

  #stopAll(reason: NonNullable<HeldRun["stopping"]>): void {
    this.#short.stopAll(reason);
    this.#long.stopAll(reason);
  }

  async #claim(): Promise<number> {
    this.#woken = false;
    const room = claimRoom(
      this.#settings.slots,
      [...this.#held].map(({ data }) => data.workspaceId),
    );
    if (room.most === 0) return 0;
    const jobs = await fetch(queues.runs, room.most, room.except);
    for (const job of jobs) this.#take(job);
    return jobs.length;
  }

  #take(job: HeldJob): void {
    this.#held.add(job);
    this.#execute(job)
      .catch(async (error: unknown) => {
        if (isLastTry(job) && (await giveUp(job, error))) return;
        logger.error({ err: error }, "run goes back to the queue");
        const reason = error instanceof Error ? messageOf(error) : "failed";
        await persistently(() => fail(queues.runs, job, reason)).catch(logFailure("fail"));
      })
      .finally(() => {
        this.#held.delete(job);
        if (this.#held.size === 0) for (const resolve of this.#whenEmpty.splice(0)) resolve();
        this.wake();
      });
  }

  async #execute(job: HeldJob): Promise<void> {
    if (longWorkflows.areAllOf(job.data.workspaceId)) return this.#long.execute(job, false);
    const executed = await this.#short.execute(job);
    if (executed !== "settled") await this.#long.execute(job, executed.isBegun);
  }

  /** Keeps the jobs ours; drops runs that were given to another worker while this one sent no heartbeats. */
  async #beat(): Promise<void> {
    await touch([...this.#held]);
    await this.#short.obey();
  }

  async #sleep(): Promise<void> {
    if (this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = null;
  }

  async #emptied(): Promise<void> {
    if (this.#held.size > 0) await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
  }
}

/** Ends the run of a job that the engine could not do. False when not even that can be done now. */
async function giveUp(job: HeldJob, cause: unknown): Promise<boolean> {
  logger.error({ err: cause }, "the engine gives the run up");
  try {
    await giveUpRun(job.data);
    await complete(database(), queues.runs, [job]);
    return true;
  } catch (error) {
    logFailure("giving up")(error);
    return false;
  }
}
