import type {
  Batch,
  BatchAccepted,
  BatchItem,
  BatchItemStatus,
  BatchPreflight,
  BatchSummary,
} from "#/lib/contract/batch.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { listCall, type ListOptions } from "./list-call.ts";
import type { PagePromise } from "./page.ts";
import { pollUntil, type PollOptions } from "./poll.ts";
import { waitTimedOut } from "./error.ts";
import { withBody } from "./call-options.ts";
import { idOf, type RunRef } from "./run-ref.ts";
import type { RunSelectionOptions } from "./run-choice.ts";
import type { CallOptions, Transport } from "./transport.ts";

export type BulkReplayRequest = {
  name?: string;
  /** One replay request for all of them; without it, they are replayed as is. */
  request?: ReplayRequest;
  /** Pauses the batch when its replays have cost so much, in micro-dollars. */
  maxCostMicros?: number;
  /** `stop` skips the rest when a run cannot be replayed (`skip`). */
  onRefusal?: "skip" | "stop";
} & RunSelectionOptions &
  CallOptions;

/** Replays of many runs as one batch, which keeps to the workspace's pace by waiting for it. */
export class BulkReplays {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns as soon as the batch is stored; `total` is the number of runs in it. */
  replay(options: BulkReplayRequest): Promise<BatchAccepted> {
    return this.#post("", withBody(options));
  }

  /** How many of the runs can be replayed, what is against the others, and what it may cost; changes nothing. */
  preflight(options: BulkReplayRequest): Promise<BatchPreflight> {
    return this.#post("/preflight", withBody(options));
  }

  /** Newest first. `await` gives a page; `for await` every batch of every page. */
  list(options: ListOptions = {}): PagePromise<BatchSummary> {
    return listCall(this.#transport, "/replay-batches", options);
  }

  async retrieve(batch: RunRef, options: CallOptions = {}): Promise<Batch> {
    return (await this.#transport.request<Batch>("GET", `/replay-batches${pathOf(batch)}`, options)).data;
  }

  /** What became of each run, in the order of the selection. */
  items(batch: RunRef, options: ListOptions & { status?: BatchItemStatus[] } = {}): PagePromise<BatchItem> {
    const { status, ...list } = options;
    return listCall(this.#transport, `/replay-batches${pathOf(batch)}/items`, list, status ? { status } : {});
  }

  /** Submits no more until it is resumed. */
  pause(batch: RunRef, options: CallOptions = {}): Promise<Batch> {
    return this.#post(`${pathOf(batch)}/pause`, options);
  }

  /** Goes on; `maxCostMicros` is another cost cap, null for none. */
  resume(batch: RunRef, options: { maxCostMicros?: number | null } & CallOptions = {}): Promise<Batch> {
    return this.#post(`${pathOf(batch)}/resume`, withBody(options));
  }

  /** Stops submitting; replays that already run continue, unless `cancelRuns` says otherwise. */
  abort(batch: RunRef, options: { cancelRuns?: boolean } & CallOptions = {}): Promise<Batch> {
    const { cancelRuns, ...call } = options;
    return this.#post(`${pathOf(batch)}/abort`, { ...call, ...(cancelRuns ? { query: { cancelRuns: "true" } } : {}) });
  }

  /** Submits the refused, skipped and aborted runs again. */
  retry(batch: RunRef, options: CallOptions = {}): Promise<Batch> {
    return this.#post(`${pathOf(batch)}/retry`, options);
  }

  /** Waits until the batch is completed or aborted, and gives it back. */
  poll(batch: RunRef, options: PollOptions<Batch> = {}): Promise<Batch> {
    return pollUntil(
      (call) => this.retrieve(batch, call),
      ({ status }) => status === "completed" || status === "aborted",
      (now) => waitTimedOut("batch", now),
      options,
    );
  }

  async #post<T>(path: string, sent: object): Promise<T> {
    return (await this.#transport.request<T>("POST", `/replay-batches${path}`, sent)).data;
  }
}

function pathOf(batch: RunRef): string {
  return `/${encodeURIComponent(idOf(batch))}`;
}
