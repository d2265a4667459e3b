import type { RunEvent } from "#/lib/contract/event.ts";
import { mayComeBack } from "./error.ts";
import { EventStreamParser } from "./event-stream-parser.ts";
import { backoffMs } from "./retry.ts";
import { sleep } from "./sleep.ts";
import type { Transport } from "./transport.ts";

export type EventList = { data: RunEvent[]; hasMore: boolean; final: boolean };

export type FollowOptions = {
  /** Continues after the event with this `seq` (0: from the first). */
  after?: number;
  signal?: AbortSignal;
  /** Between polls, where there is no stream, in milliseconds (1000). */
  pollIntervalMs?: number;
  /** Gives up after this long without an answer, in milliseconds (5 minutes). */
  reconnectForMs?: number;
};

const maxReconnectWaitMs = 10_000;
/** The service greets at once: if a stream stays silent, something on the way holds it back. */
const greetingMs = 10_000;
/** The service sends a heartbeat every 15 s. */
const silenceMs = 45_000;

/**
 * A run's events in batches, as they come, without gaps or repetition, until after its final one. Server-sent events;
 * a stream that breaks off is opened again with Last-Event-ID; where there is no stream, the list is polled.
 * Throws RepriseError for a run that cannot be read (not_found, unauthenticated, …).
 */
export async function* followEvents(
  transport: Transport,
  runId: string,
  options: FollowOptions = {},
): AsyncGenerator<RunEvent[], void, undefined> {
  const place = { after: options.after ?? 0 };
  let failures = 0;
  let aliveAt = Date.now();
  for (;;) {
    try {
      for await (const read of streamOnce(transport, runId, place.after, options.signal)) {
        if (read === "unavailable") return yield* pollEvents(transport, runId, place, options);
        if (read === "end") return;
        aliveAt = Date.now();
        const fresh = read.filter((event) => event.seq > place.after);
        const last = fresh.at(-1);
        if (last === undefined) continue;
        place.after = last.seq;
        failures = 0;
        yield fresh;
      }
    } catch (error) {
      if (!mayComeBack(error)) throw error;
      if (Date.now() - aliveAt > (options.reconnectForMs ?? 300_000)) throw error;
    }
    await sleep(backoffMs(failures, maxReconnectWaitMs, Math.random()), options.signal);
    failures += 1;
  }
}

function eventsPath(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}/events`;
}

/** One connection; it ends by itself when the connection does. */
async function* streamOnce(
  transport: Transport,
  runId: string,
  after: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunEvent[] | "end" | "unavailable", void, undefined> {
  const closing = new AbortController();
  const onAbort = () => closing.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  try {
    const headers = { accept: "text/event-stream", ...(after > 0 ? { "last-event-id": String(after) } : {}) };
    const response = await transport.open(eventsPath(runId), headers, closing.signal);
    const isStream = /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
    if (!isStream || response.body === null) return yield "unavailable";
    yield* readStream(response.body, signal);
  } finally {
    signal?.removeEventListener("abort", onAbort);
    closing.abort();
  }
}

async function* readStream(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<RunEvent[] | "end" | "unavailable", void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventStreamParser();
  let greeted = false;
  for (;;) {
    const chunk = await withinMs(reader.read(), greeted ? silenceMs : greetingMs, signal);
    if (chunk === "silent" && !greeted) return yield "unavailable";
    if (chunk === "silent" || chunk === "broken" || chunk.done) return;
    greeted = true;
    const messages = parser.push(decoder.decode(chunk.value, { stream: true }));
    const ended = messages.some((message) => message.type === "end");
    yield messages.filter((message) => message.type !== "end").map((message) => JSON.parse(message.data) as RunEvent);
    if (ended) return yield "end";
  }
}

/** What was read, or that nothing arrived in time, or that the connection broke; throws an abort's reason. */
async function withinMs<T>(
  reading: Promise<T>,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<T | "silent" | "broken"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<"silent">((resolve) => {
    timer = setTimeout(() => resolve("silent"), ms);
  });
  const read = reading.catch((): "broken" => "broken");
  const outcome = await Promise.race([read, silence]);
  clearTimeout(timer);
  signal?.throwIfAborted();
  return outcome;
}

async function* pollEvents(
  transport: Transport,
  runId: string,
  place: { after: number },
  options: FollowOptions,
): AsyncGenerator<RunEvent[], void, undefined> {
  for (;;) {
    const sent = { query: { after: place.after }, ...(options.signal ? { signal: options.signal } : {}) };
    const { data: list } = await transport.request<EventList>("GET", eventsPath(runId), sent);
    place.after = list.data.at(-1)?.seq ?? place.after;
    if (list.data.length > 0) yield list.data;
    if (list.final && !list.hasMore) return;
    if (!list.hasMore) await sleep(options.pollIntervalMs ?? 1000, options.signal);
  }
}
