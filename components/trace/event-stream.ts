/** One server-sent event: its sequence number as sent, its name and its data. */
export type StreamEvent = { readonly id: string | null; readonly event: string; readonly data: string };

/**
 * Splits a text/event-stream into events (WHATWG HTML, "Server-sent events"): feed it chunks as they come, it returns the
 * events completed so far. Comments (heartbeats) give nothing.
 */
export function createEventParser(): (chunk: string) => StreamEvent[] {
  let rest = "";
  let id: string | null = null;
  let event = "";
  let data: string[] = [];
  return (chunk) => {
    const events: StreamEvent[] = [];
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0 || event !== "") events.push({ id, event: event || "message", data: data.join("\n") });
        event = "";
        data = [];
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") event = value;
      else if (field === "data") data.push(value);
      else if (field === "id" && !value.includes("\0")) id = value;
    }
    return events;
  };
}

const firstRetryMs = 500;
const longestRetryMs = 10_000;

/**
 * Follows a stream of events of any name (EventSource delivers only names known beforehand) until `event: end`, or until
 * aborted; reconnects with `Last-Event-ID`. `onConnected` runs after every (re)connection: what was missed in between.
 */
export async function followEvents(
  url: string,
  signal: AbortSignal,
  handlers: { onEvent: (event: StreamEvent) => void; onConnected: () => void },
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
      const parse = createEventParser();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        for (const event of parse(read.value)) {
          lastId = event.id ?? lastId;
          if (event.event === "end") return void (await reader.cancel());
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

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
