import type { RunComparison } from "#/lib/contract/compare.ts";
import type { RunEvent } from "#/lib/contract/event.ts";
import type { LogFilter, LogLine } from "#/lib/contract/log.ts";
import type { Page as PageBody } from "#/lib/contract/page.ts";
import type { Preflight, ReplayAccepted, ReplayRequest } from "#/lib/contract/replay.ts";
import type { Run, RunFilter, RunSummary, SpanDetail, Step } from "#/lib/contract/run.ts";
import type { TraceSkeleton } from "#/lib/contract/trace.ts";
import { BulkReplays } from "./bulk-replays.ts";
import { RepriseError } from "./error.ts";
import { followEvents, type EventList, type FollowOptions } from "./follow-events.ts";
import { listOf, type PagePromise } from "./page.ts";
import { runObject, type RunObject, type RunSummaryObject } from "./run-object.ts";
import { sleep } from "./sleep.ts";
import type { CallOptions, Method, Sent, Transport } from "./transport.ts";

/** Filters of which a run must have any value. */
type Repeatable = "status" | "workflow" | "tag" | "environment" | "mode";

/** What chooses runs: one value or several for the filters that repeat. */
type RunChoice = Omit<RunFilter, Repeatable> & {
  [K in Repeatable]?: RunFilter[K] | NonNullable<RunFilter[K]>[number];
};

export type RunListOptions = Omit<RunChoice, "from" | "to"> & {
  from?: string | Date;
  to?: string | Date;
  /** Runs on one page, 1 to 100 (20). */
  limit?: number;
  cursor?: string;
} & CallOptions;

export type ReplayOptions = ReplayRequest & CallOptions;

export type PollOptions = {
  /** Between polls, in milliseconds (1000). */
  intervalMs?: number;
  /** Throws `wait_timed_out` after this many milliseconds; without it, waits indefinitely. */
  timeoutMs?: number;
  signal?: AbortSignal;
};

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
  async retrieve(id: string, options: CallOptions = {}): Promise<RunObject> {
    return runObject(await this.#call<Run>("GET", pathOf(id), options));
  }

  /** Submits a replay of a finished run; without options it is replayed as is. Returns once the new run is stored. */
  replay(id: string, options: ReplayOptions = {}): Promise<ReplayAccepted> {
    return this.#call("POST", `${pathOf(id)}/replay`, withBody(options));
  }

  /** Everything the replay would do and every reason against it; changes nothing and costs no quota. */
  preflight(id: string, options: ReplayOptions = {}): Promise<Preflight> {
    return this.#call("POST", `${pathOf(id)}/replay/preflight`, withBody(options));
  }

  async cancel(id: string, options: CallOptions = {}): Promise<RunObject> {
    return runObject(await this.#call<Run>("POST", `${pathOf(id)}/cancel`, options));
  }

  /** Holds the run before its next step. */
  async pause(id: string, options: CallOptions = {}): Promise<RunObject> {
    return runObject(await this.#call<Run>("POST", `${pathOf(id)}/pause`, options));
  }

  async resume(id: string, options: CallOptions = {}): Promise<RunObject> {
    return runObject(await this.#call<Run>("POST", `${pathOf(id)}/resume`, options));
  }

  /** Reschedules a delayed run: `delay` is a duration (`10m`) or a time. */
  async reschedule(id: string, options: { delay: string | Date } & CallOptions): Promise<RunObject> {
    const { delay, ...call } = options;
    const body = { delay: delay instanceof Date ? delay.toISOString() : delay };
    return runObject(await this.#call<Run>("POST", `${pathOf(id)}/reschedule`, { ...callOf(call), body }));
  }

  /** All steps in order, with their attempts. */
  async steps(id: string, options: CallOptions = {}): Promise<Step[]> {
    const load = (cursor: string | undefined) =>
      this.#call<PageBody<Step>>("GET", `${pathOf(id)}/steps`, { ...callOf(options), query: { cursor } });
    const steps: Step[] = [];
    for await (const step of listOf(load)) steps.push(step);
    return steps;
  }

  /** The run's lifecycle so far, after the event numbered `after`. */
  events(id: string, options: { after?: number; limit?: number } & CallOptions = {}): Promise<EventList> {
    const { after, limit, ...call } = options;
    return this.#call("GET", `${pathOf(id)}/events`, { ...callOf(call), query: { after, limit } });
  }

  /** Events one by one as they happen, the past ones first, until the run has ended. */
  async *streamEvents(id: string, options: FollowOptions = {}): AsyncGenerator<RunEvent, void, undefined> {
    for await (const batch of followEvents(this.#transport, id, options)) yield* batch;
  }

  /** What the run logged, in order. `await` gives a page; `for await` every line of every page. */
  logs(id: string, options: LogOptions = {}): PagePromise<LogLine> {
    const { cursor: first, limit, level, spanId, after, ...call } = options;
    const load = (cursor: string | undefined) => {
      const query = { level, spanId, after, limit, cursor };
      return this.#call<PageBody<LogLine>>("GET", `${pathOf(id)}/logs`, { ...callOf(call), query });
    };
    return listOf(load, first);
  }

  /** The span skeleton in columns, without payloads; `after` is the `rev` that you have. */
  trace(id: string, options: { after?: number } & CallOptions = {}): Promise<TraceSkeleton> {
    const { after, ...call } = options;
    return this.#call("GET", `${pathOf(id)}/trace`, { ...callOf(call), query: { after } });
  }

  /** One span with input, output and attributes. */
  span(id: string, spanId: string, options: CallOptions = {}): Promise<SpanDetail> {
    return this.#call("GET", `${pathOf(id)}/spans/${encodeURIComponent(spanId)}`, options);
  }

  /** Two runs side by side, step by step; `a` in the answer is the older one. */
  compare(id: string, otherId: string, options: CallOptions = {}): Promise<RunComparison> {
    return this.#call("GET", `${pathOf(id)}/compare/${encodeURIComponent(otherId)}`, options);
  }

  /** Polls until the run has ended, in whatever way, and returns it. Throws `wait_timed_out` after `timeoutMs`. */
  async poll(id: string, options: PollOptions = {}): Promise<RunObject> {
    const { intervalMs = 1000, timeoutMs = Infinity, signal } = options;
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const run = await this.retrieve(id, signal ? { signal } : {});
      if (run.isCompleted) return run;
      const leftMs = deadline - Date.now();
      if (leftMs <= 0) throw waitTimedOut(run);
      await sleep(Math.min(intervalMs, leftMs), signal);
    }
  }

  /** The run now and after each change, until it has ended. Streams; reconnects; polls where nothing streams. */
  async *subscribeToRun(id: string, options: Omit<FollowOptions, "after"> = {}): AsyncGenerator<RunObject, void> {
    const call = options.signal ? { signal: options.signal } : {};
    let shown = "";
    const changed = async () => {
      const run = await this.retrieve(id, call);
      const text = JSON.stringify(run);
      const isNew = text !== shown;
      shown = text;
      return { run, isNew };
    };
    const first = await changed();
    yield first.run;
    if (first.run.isCompleted) return;
    for await (const _ of followEvents(this.#transport, id, options)) {
      const { run, isNew } = await changed();
      if (isNew) yield run;
      if (run.isCompleted) return;
    }
    const { run, isNew } = await changed();
    if (isNew) yield run;
  }

  async #call<T>(method: Method, path: string, sent: Sent): Promise<T> {
    return (await this.#transport.request<T>(method, path, sent)).data;
  }
}

function pathOf(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

/** The options of the call itself; what is left out stays left out. */
function callOf({ signal, timeoutMs, idempotencyKey }: CallOptions): CallOptions {
  return {
    ...(signal ? { signal } : {}),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
}

function withBody({ signal, timeoutMs, idempotencyKey, ...body }: ReplayOptions): Sent {
  return { ...callOf({ signal, timeoutMs, idempotencyKey }), body };
}

function waitTimedOut(run: Run): RepriseError {
  return new RepriseError(`The run is still ${run.status} after the timeout.`, {
    code: "wait_timed_out",
    details: { runId: run.id, status: run.status },
  });
}
