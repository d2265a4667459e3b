import { EventStreamParser, type Message } from "#/lib/sdk/event-stream-parser.ts";
import { pause } from "./pause.ts";

const firstRetryMs = 500;
const longestRetryMs = 10_000;

/**
 * Follows a stream of events of any name (EventSource delivers only names known beforehand) until `event: end`, or
 * until aborted; reconnects with `Last-Event-ID`. `onConnected` runs after every (re)connection, so that the caller can
 * read what it missed in between.
 */
export async function followEvents(
  url: string,
  signal: AbortSignal,
  handlers: { onEvent: (event: Message) => void; onConnected: () => void },
): Promise<void> {
  let lastId: string | null = null;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = { accept: "text/event-stream" };
      if (lastId !== null) headers["last-event-id"] = lastId;
      const response = await fetch(url, { headers, signal, cache: "no-store" });
      if (response.status === 401 || response.status === 403 || response.status === 404) return;
      if (!response.ok || !response.body) throw new Error(`The event stream answered ${response.status}`);
      retryMs = firstRetryMs;
      handlers.onConnected();
      const parser = new EventStreamParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        for (const event of parser.push(read.value)) {
          lastId = event.id || lastId;
          if (event.type === "end") return void (await reader.cancel());
          handlers.onEvent(event);
        }
      }
    } catch {
      if (signal.aborted) return;
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    }
    await pause(retryMs, signal);
  }
}
