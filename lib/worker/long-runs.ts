import { Worker } from "node:worker_threads";
import type { MetricObjectWithValues, MetricValue } from "prom-client";
import { logger } from "#/lib/core/logger.ts";
import type { HeldJob } from "#/lib/queue/boss.ts";
import type { HeldRun } from "#/lib/runs/execute-run.ts";

export type ThreadMetrics = MetricObjectWithValues<MetricValue<string>>[];

/** What the thread is told … */
export type ToThread =
  | { do: "execute"; job: HeldJob; isMoved: boolean }
  | { do: "stop"; reason: NonNullable<HeldRun["stopping"]> }
  | { do: "control"; runId: string }
  | { do: "measure" }
  | { do: "close" };
/** … and what it answers. `failed`: the job should go back to the queue. */
export type FromThread =
  | { done: "executed"; jobId: string }
  | { done: "failed"; jobId: string; reason: string }
  | { done: "measured"; metrics: ThreadMetrics };

type Waiting = { resolve: () => void; reject: (error: Error) => void };

/**
 * Executes long runs in a thread of their own, whose event loop may be held without anybody else's run waiting, and which
 * the system lets run after everything else. It is started when first needed. When it dies (of memory), its runs go
 * back to the queue, and the next run starts another.
 */
export class LongRuns {
  #thread: Worker | null = null;
  #stopping: HeldRun["stopping"] = null;
  readonly #executing = new Map<string, Waiting>();
  #measuring: ((metrics: ThreadMetrics) => void)[] = [];

  /** Resolves when the job is settled; rejects when it should go back to the queue as a failed attempt. */
  execute(job: HeldJob, isMoved: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#executing.set(job.id, { resolve, reject });
      this.#thread ??= this.#start();
      this.#send({ do: "execute", job, isMoved });
    });
  }

  /** Lets all long runs go, and those that are still to come. */
  stopAll(reason: NonNullable<HeldRun["stopping"]>): void {
    this.#stopping = reason;
    this.#send({ do: "stop", reason });
  }

  /** Someone asked a run to stop or pause. */
  control(runId: string): void {
    this.#send({ do: "control", runId });
  }

  /** The thread's own metrics; none without a thread. */
  metrics(): Promise<ThreadMetrics> {
    if (!this.#thread) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.#measuring.push(resolve);
      this.#send({ do: "measure" });
    });
  }

  /** Ends the thread once it has said everything that is to be said about its runs. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (!thread) return;
    const exited = new Promise((resolve) => thread.once("exit", resolve));
    this.#send({ do: "close" });
    await exited;
  }

  #send(message: ToThread): void {
    this.#thread?.postMessage(message);
  }

  #start(): Worker {
    // Named, because Node would give the thread what the process was started with, and not what was set since.
    const env = { ...process.env };
    const thread = new Worker(new URL("long-runs-thread.ts", import.meta.url), { execArgv: [], env });
    thread.on("message", (message: FromThread) => this.#answered(message));
    thread.on("error", (error) => logger.error({ err: error }, "the thread for long runs died"));
    thread.on("exit", () => this.#ended(thread));
    // The process lives as long as its worker does.
    thread.unref();
    if (this.#stopping) thread.postMessage({ do: "stop", reason: this.#stopping } satisfies ToThread);
    return thread;
  }

  #answered(message: FromThread): void {
    if (message.done === "measured") return void this.#measuring.shift()?.(message.metrics);
    const waiting = this.#executing.get(message.jobId);
    this.#executing.delete(message.jobId);
    if (message.done === "executed") waiting?.resolve();
    else waiting?.reject(new Error(message.reason));
  }

  #ended(thread: Worker): void {
    if (this.#thread === thread) this.#thread = null;
    for (const { reject } of this.#executing.values()) reject(new Error("the thread for long runs died"));
    this.#executing.clear();
    for (const resolve of this.#measuring.splice(0)) resolve([]);
  }
}
