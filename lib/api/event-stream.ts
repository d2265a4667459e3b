import type { RunEvent } from "#/lib/contract/event.ts";
import { logger } from "#/lib/core/logger.ts";
import { registerStream } from "./open-streams.ts";

export type EventSource = {
  /** The number of the last event that the client has. */
  after: number;
  read(after: number, limit: number): Promise<{ data: RunEvent[]; hasMore: boolean; final: boolean }>;
  /** Calls back when there may be more; returns how to unsubscribe. */
  subscribe(onChange: () => void): () => void;
  /** Asked every few seconds: false (or a failure) ends the stream. */
  isStillAllowed(): Promise<boolean>;
  signal: AbortSignal;
};

const timing = { heartbeatMs: 15_000, checkMs: 3_000, minReadGapMs: 50 };
/** What a client that does not read may cost: events read, and characters of them written. */
const eventsAtOnce = 100;
const maxChunkLength = 16 * 1024;

/**
 * Server-sent events (WHATWG HTML) of a run, until its final one and `event: end`. Pull-based: events are read only when
 * the client has taken what was sent, a hundred at a time, so a slow client costs one chunk of memory.
 */
export function eventStream(source: EventSource, times: Partial<typeof timing> = {}): Response {
  const feed = new EventFeed(source, { ...timing, ...times });
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => feed.start(controller),
    pull: (controller) => feed.pull(controller),
    cancel: () => feed.end(),
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    },
  });
}

type Controller = ReadableStreamDefaultController<Uint8Array>;

class EventFeed {
  readonly #source: EventSource;
  readonly #times: typeof timing;
  readonly #encoder = new TextEncoder();
  #controller: Controller | null = null;
  #pending: RunEvent[] = [];
  #last: number;
  #final = false;
  #ended = false;
  /** There may be unread events. */
  #changed = true;
  #hasMore = false;
  #readAt = 0;
  #wake: () => void = () => {};
  #cleanUp: (() => void)[] = [];
  #checkTimer: NodeJS.Timeout | undefined;

  constructor(source: EventSource, times: typeof timing) {
    this.#source = source;
    this.#times = times;
    this.#last = source.after;
  }

  /** Subscribes before the first read, so that nothing is missed in between. */
  start(controller: Controller): void {
    this.#controller = controller;
    const onChange = () => {
      this.#changed = true;
      this.#wake();
    };
    const onAbort = () => this.end();
    this.#source.signal.addEventListener("abort", onAbort, { once: true });
    this.#cleanUp = [
      this.#source.subscribe(onChange),
      registerStream(() => this.end()),
      () => this.#source.signal.removeEventListener("abort", onAbort),
    ];
    this.#checkLater();
    if (this.#source.signal.aborted) this.end();
    else this.#send(": connected\n\n");
  }

  async pull(_controller: Controller): Promise<void> {
    try {
      while (!this.#ended) {
        if (this.#pending.length > 0) return this.#send(this.#nextChunk());
        if (this.#final) return this.#finish();
        if (this.#changed) await this.#read();
        else if ((await this.#waitForChange(this.#times.heartbeatMs)) === "quiet") return this.#sendHeartbeat();
      }
    } catch (error) {
      logger.warn({ err: error }, "event stream ended");
      this.end();
    }
  }

  /** Closes the stream and releases everything; may be called at any time and repeatedly. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const clean of this.#cleanUp) clean();
    clearTimeout(this.#checkTimer);
    this.#wake();
    try {
      this.#controller?.close();
    } catch {
      // The client is gone: there is nothing left to close.
    }
  }

  async #read(): Promise<void> {
    const waitMs = this.#hasMore ? 0 : this.#readAt + this.#times.minReadGapMs - Date.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    this.#changed = false;
    const { data, hasMore, final } = await this.#source.read(this.#last, eventsAtOnce);
    this.#readAt = Date.now();
    this.#pending = data;
    this.#last = data.at(-1)?.seq ?? this.#last;
    this.#hasMore = hasMore;
    this.#changed ||= hasMore;
    this.#final = final;
  }

  #nextChunk(): string {
    let text = "";
    let taken = 0;
    for (const event of this.#pending) {
      if (text.length >= maxChunkLength) break;
      text += messageOf(event);
      taken += 1;
    }
    this.#pending = this.#pending.slice(taken);
    return text;
  }

  /** And reads once more then: an announcement may be lost, and nobody should wait for ever because of it. */
  #sendHeartbeat(): void {
    this.#changed = true;
    this.#send(": heartbeat\n\n");
  }

  #finish(): void {
    this.#send("event: end\ndata: {}\n\n");
    this.end();
  }

  #send(text: string): void {
    if (!this.#ended) this.#controller?.enqueue(this.#encoder.encode(text));
  }

  #waitForChange(ms: number): Promise<"changed" | "quiet"> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve("quiet"), ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve("changed");
      };
    });
  }

  /** Runs beside the reading, so that a client that reads nothing is cut off as well. */
  #checkLater(): void {
    this.#checkTimer = setTimeout(async () => {
      const allowed = await this.#source.isStillAllowed().catch(() => false);
      if (!allowed) this.end();
      if (!this.#ended) this.#checkLater();
    }, this.#times.checkMs);
  }
}

function messageOf(event: RunEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Does the client ask for server-sent events rather than JSON? */
export function wantsEventStream(request: Request): boolean {
  return /\btext\/event-stream\b/i.test(request.headers.get("accept") ?? "");
}

/** The number after which a reconnecting client continues; null when it sends none of ours. */
export function lastEventId(request: Request): number | null {
  const id = request.headers.get("last-event-id");
  return id !== null && /^\d{1,15}$/.test(id) ? Number(id) : null;
}
