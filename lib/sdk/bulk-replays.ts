import type { ReplayRequest } from "#/lib/contract/replay.ts";
import type { RunFilter } from "#/lib/contract/run.ts";
import type { CallOptions, Transport } from "./transport.ts";

export type BulkReplayRequest = {
  name?: string;
  /** One replay request for all of them; without it, they are replayed as is. */
  request?: ReplayRequest;
} & ({ runIds: string[] } | { filter: RunFilter }) &
  CallOptions;

export type BulkReplayItem = { runId: string; newRunId: string | null; status: string; code: string | null };

/** A batch with its progress; the counts are numbers of runs. */
export type BulkReplay = {
  id: string;
  name: string | null;
  status: string;
  total: number;
  counts: Record<string, number>;
  items: BulkReplayItem[];
};

/** Replays of many runs as one batch, which keeps to the replay quota by waiting for it. */
export class BulkReplays {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Returns as soon as the batch is stored; `total` is the number of runs in it. */
  async replay(options: BulkReplayRequest): Promise<{ id: string; total: number }> {
    const { signal, timeoutMs, idempotencyKey, request = {}, ...what } = options;
    const call = { ...(signal ? { signal } : {}), ...(timeoutMs ? { timeoutMs } : {}) };
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const sent = { ...call, ...key, body: { ...what, request } };
    return (await this.#transport.request<{ id: string; total: number }>("POST", "/replay-batches", sent)).data;
  }

  async retrieve(id: string, options: CallOptions = {}): Promise<BulkReplay> {
    return (await this.#transport.request<BulkReplay>("GET", pathOf(id), options)).data;
  }

  /** Stops submitting; replays that already run continue. */
  async abort(id: string, options: CallOptions = {}): Promise<BulkReplay> {
    return (await this.#transport.request<BulkReplay>("POST", `${pathOf(id)}/abort`, options)).data;
  }
}

function pathOf(id: string): string {
  return `/replay-batches/${encodeURIComponent(id)}`;
}
