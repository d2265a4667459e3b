import type { RunComparison } from "#/lib/contract/compare.ts";
import type { RunEvent } from "#/lib/contract/event.ts";
import type { SuggestedFix, SuggestFixRequest } from "#/lib/contract/fix.ts";
import type { LogFilter, LogLine } from "#/lib/contract/log.ts";
import type { Page as PageBody } from "#/lib/contract/page.ts";
import type { Preflight, ReplayRequest } from "#/lib/contract/replay.ts";
import type { Run, RunAccepted, RunSummary, SpanDetail, Step } from "#/lib/contract/run.ts";
import type { Trace, TraceSkeleton } from "#/lib/contract/trace.ts";
import type { CancelledRuns } from "#/lib/contract/batch.ts";
import { BulkReplays } from "./bulk-replays.ts";
import { waitTimedOut } from "./error.ts";
import { followEvents, type EventList, type FollowOptions } from "./follow-events.ts";
import { callOf, withBody } from "./call-options.ts";
import { listOf, type PagePromise } from "./page.ts";
import { pollUntil, type PollOptions } from "./poll.ts";
import { idOf, type RunRef } from "./run-ref.ts";
import type { RunChoice, RunSelectionOptions } from "./run-choice.ts";
import { runObject, type ReplayHandle, type RunObject, type RunSummaryObject } from "./run-object.ts";
import type { CallOptions, Method, Sent, Transport } from "./transport.ts";
import type { AnyWorkflow, WorkflowType } from "./workflow-type.ts";

export type RunListOptions = Omit<RunChoice, "from" | "to"> & {
  from?: string | Date;
  to?: string | Date;
  /** Runs on one page, 1 to 100 (20). */
  limit?: number;
  cursor?: string;
} & CallOptions;

export type ReplayOptions = ReplayRequest & CallOptions;

/** `limit`: lines on one page, 1 to 100 (20). */
export type LogOptions = LogFilter & { limit?: number; cursor?: string } & CallOptions;

/** Reads, replays, steers and watches runs. Every method throws RepriseError. */
export class Runs {
  readonly bulk: BulkReplays;
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.bulk = new BulkReplays(transport);
  }

  /** Newest first. `await` gives a page; `for await` every run of every page. */
  list(options: RunListOptions = {}): PagePromise<RunSummaryObject> {
    const { cursor: first, signal, timeoutMs, idempotencyKey: _, ...filter } = options;
    const load = async (cursor: string | undefined) => {
      const query = { ...filter, ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.#call<PageBody<RunSummary>>("GET", "/runs", { query, ...callOf({ signal, timeoutMs }) });
      return { ...page, data: page.data.map((run) => runObject(run)) };
    };
    return listOf(load, first);
  }

  /** The run with its payload and output. */
  retrieve<W extends WorkflowType = AnyWorkflow>(run: RunRef<W>, options: CallOptions = {}): Promise<RunObject<W>> {
    return this.#run("GET", pathOf(run), options);
  }

  /**
   * Asks a model how the failed step of a run can be fixed. The answer is what `suggestedFix` gives for the new run, once that
   * has completed (`poll`).
   */
  suggestFix(run: RunRef<WorkflowType>, options: SuggestFixRequest & CallOptions = {}): Promise<RunAccepted> {
    return this.#call<RunAccepted>("POST", `${pathOf(run)}/suggest-fix`, withBody(options));
  }

  suggestedFix(run: RunRef<WorkflowType>, options: CallOptions = {}): Promise<SuggestedFix> {
    return this.#call<SuggestedFix>("GET", `${pathOf(run)}/suggested-fix`, options);
  }

  /** Submits a replay of a finished run; without options it is replayed as is. Returns once the new run is stored. */
  replay<W extends WorkflowType = AnyWorkflow>(run: RunRef<W>, options: ReplayOptions = {}): Promise<ReplayHandle<W>> {
    return this.#call("POST", `${pathOf(run)}/replay`, withBody(options));
  }

  /** Everything the replay would do and every reason against it; changes nothing and costs no quota. */
  preflight(run: RunRef<WorkflowType>, options: ReplayOptions = {}): Promise<Preflight> {
    return this.#call("POST", `${pathOf(run)}/replay/preflight`, withBody(options));
  }

  cancel<W extends WorkflowType = AnyWorkflow>(run: RunRef<W>, options: CallOptions = {}): Promise<RunObject<W>> {
    return this.#run("POST", `${pathOf(run)}/cancel`, options);
  }

  /** Holds the run before its next step. */
  pause<W extends WorkflowType = AnyWorkflow>(run: RunRef<W>, options: CallOptions = {}): Promise<RunObject<W>> {
    return this.#run("POST", `${pathOf(run)}/pause`, options);
  }

  resume<W extends WorkflowType = AnyWorkflow>(run: RunRef<W>, options: CallOptions = {}): Promise<RunObject<W>> {
    return this.#run("POST", `${pathOf(run)}/resume`, options);
  }

  /** Reschedules a delayed run: `delay` is a duration (`10m`) or a time. */
  reschedule<W extends WorkflowType = AnyWorkflow>(
    run: RunRef<W>,
    options: { delay: string | Date } & CallOptions,
  ): Promise<RunObject<W>> {
    const { delay, ...call } = options;
    const body = { delay: delay instanceof Date ? delay.toISOString() : delay };
    return this.#run("POST", `${pathOf(run)}/reschedule`, { ...callOf(call), body });
  }

  /** All steps in order, with their attempts. */
  async steps(run: RunRef<WorkflowType>, options: CallOptions = {}): Promise<Step[]> {
    const load = (cursor: string | undefined) =>
      this.#call<PageBody<Step>>("GET", `${pathOf(run)}/steps`, { ...callOf(options), query: { cursor } });
    const steps: Step[] = [];
    for await (const step of listOf(load)) steps.push(step);
    return steps;
  }

  /** The run's lifecycle so far, after the event numbered `after`. */
  events(
    run: RunRef<WorkflowType>,
    options: { after?: number; limit?: number } & CallOptions = {},
  ): Promise<EventList> {
    const { after, limit, ...call } = options;
    return this.#call("GET", `${pathOf(run)}/events`, { ...callOf(call), query: { after, limit } });
  }

  /** Events one by one as they happen, the past ones first, until the run has ended. */
  async *streamEvents(
    run: RunRef<WorkflowType>,
    options: FollowOptions = {},
  ): AsyncGenerator<RunEvent, void, undefined> {
    for await (const batch of followEvents(this.#transport, idOf(run), options)) yield* batch;
  }

  /** What the run logged, in order. `await` gives a page; `for await` every line of every page. */
  logs(run: RunRef<WorkflowType>, options: LogOptions = {}): PagePromise<LogLine> {
    const { cursor: first, limit, level, spanId, after, ...call } = options;
    const load = (cursor: string | undefined) => {
      const query = { level, spanId, after, limit, cursor };
      return this.#call<PageBody<LogLine>>("GET", `${pathOf(run)}/logs`, { ...callOf(call), query });
    };
    return listOf(load, first);
  }

  /**
   * The span skeleton in columns, without payloads. With `after` (the `rev` that you have; 0 = nothing) a running run
   * answers with a segment: up to `limit` changed spans.
   */
  trace(run: RunRef<WorkflowType>, options?: { after?: undefined } & CallOptions): Promise<TraceSkeleton>;
  trace(run: RunRef<WorkflowType>, options: { after: number; limit?: number } & CallOptions): Promise<Trace>;
  trace(run: RunRef<WorkflowType>, options: { after?: number; limit?: number } & CallOptions = {}): Promise<Trace> {
    const { after, limit, ...call } = options;
    return this.#call("GET", `${pathOf(run)}/trace`, { ...callOf(call), query: { after, limit } });
  }

  /** One span with input, output and attributes. */
  span(run: RunRef<WorkflowType>, spanId: string, options: CallOptions = {}): Promise<SpanDetail> {
    return this.#call("GET", `${pathOf(run)}/spans/${encodeURIComponent(spanId)}`, options);
  }

  /** Two runs side by side, step by step; `a` in the answer is the older one. */
  compare(run: RunRef<WorkflowType>, other: RunRef<WorkflowType>, options: CallOptions = {}): Promise<RunComparison> {
    return this.#call("GET", `${pathOf(run)}/compare/${encodeURIComponent(idOf(other))}`, options);
  }

  /** Polls until the run has ended, in whatever way, and returns it. Throws `wait_timed_out` after `timeoutMs`. */
  poll<W extends WorkflowType = AnyWorkflow>(
    run: RunRef<W>,
    options: PollOptions<RunObject<W>> = {},
  ): Promise<RunObject<W>> {
    return pollUntil(
      (call) => this.retrieve(run, call),
      (run) => run.isCompleted,
      (run) => waitTimedOut("run", run),
      options,
    );
  }

  /** Cancels many runs; says which it could not cancel, and why. */
  cancelMany(which: RunSelectionOptions & CallOptions): Promise<CancelledRuns> {
    return this.#call("POST", "/runs/cancel", withBody(which));
  }

  /** The run now and after each change, until it has ended. Streams; reconnects; polls where nothing streams. */
  async *subscribeToRun<W extends WorkflowType = AnyWorkflow>(
    ref: RunRef<W>,
    options: Omit<FollowOptions, "after"> = {},
  ): AsyncGenerator<RunObject<W>, void> {
    const call = options.signal ? { signal: options.signal } : {};
    let shown = "";
    const changed = async () => {
      const run = await this.retrieve(ref, call);
      const text = JSON.stringify(run);
      const isNew = text !== shown;
      shown = text;
      return { run, isNew };
    };
    const first = await changed();
    yield first.run;
    if (first.run.isCompleted) return;
    for await (const _ of followEvents(this.#transport, idOf(ref), options)) {
      const { run, isNew } = await changed();
      if (isNew) yield run;
      if (run.isCompleted) return;
    }
    const { run, isNew } = await changed();
    if (isNew) yield run;
  }

  async #run<W extends WorkflowType>(method: Method, path: string, sent: Sent): Promise<RunObject<W>> {
    return runObject(await this.#call<Run>(method, path, sent)) as RunObject<W>;
  }

  async #call<T>(method: Method, path: string, sent: Sent): Promise<T> {
    return (await this.#transport.request<T>(method, path, sent)).data;
  }
}

function pathOf(run: RunRef<WorkflowType>): string {
  return `/runs/${encodeURIComponent(idOf(run))}`;
}
