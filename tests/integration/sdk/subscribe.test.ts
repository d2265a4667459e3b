import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { Reprise, type RunEvent } from "#/lib/sdk/client.ts";
import {
  eventMessage,
  problem,
  runBody,
  startFakeService,
  type FakeService,
  type Handler,
} from "#/tests/support/fake-service.ts";

let service: FakeService;
afterEach(() => service.stop());

async function clientOf(handler: Handler): Promise<Reprise> {
  service = await startFakeService(handler);
  return new Reprise({ apiKey: "k", baseUrl: service.url, maxRetries: 0 });
}

const isStream = (request: { headers: Record<string, unknown> }) => request.headers.accept === "text/event-stream";
const end = "event: end\ndata: {}\n\n";

/** A stream that sends these pieces and then ends, or breaks. */
function sse(pieces: string[], close: "end" | "break" = "end") {
  return (response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
    response.write(": connected\n\n");
    for (const piece of pieces) response.write(piece);
    if (close === "end") response.end();
    else setTimeout(() => response.destroy(), 20);
  };
}

async function seqsOf(events: AsyncIterable<RunEvent>): Promise<number[]> {
  const seqs = [];
  for await (const event of events) seqs.push(event.seq);
  return seqs;
}

const streams = () => service.received.filter(isStream);

test("events come in order until the end", async () => {
  const client = await clientOf(() => sse([eventMessage(1, "run.created"), eventMessage(2, "run.completed"), end]));
  expect(await seqsOf(client.runs.streamEvents("r"))).toEqual([1, 2]);
  expect(streams()).toHaveLength(1);
});

test.each(["end", "break"] as const)(
  "a stream that is cut (%s) goes on with Last-Event-ID, without gap or repetition",
  async (close) => {
    let connections = 0;
    const client = await clientOf((request) => {
      connections += 1;
      const half = eventMessage(4, "x").slice(0, 12);
      if (connections === 1)
        return sse([eventMessage(1, "a"), eventMessage(2, "b"), eventMessage(3, "c") + half], close);
      expect(request.headers["last-event-id"]).toBe("3");
      return sse([eventMessage(3, "c"), eventMessage(4, "d"), end]);
    });
    expect(await seqsOf(client.runs.streamEvents("r"))).toEqual([1, 2, 3, 4]);
  },
);

test("goes on through outages of the service", async () => {
  const replies = [
    sse([eventMessage(1, "a")]),
    problem(503, "unavailable"),
    sse([], "break"),
    sse([eventMessage(2, "b"), end]),
  ];
  const client = await clientOf(() => replies.shift() ?? {});
  expect(await seqsOf(client.runs.streamEvents("r"))).toEqual([1, 2]);
});

test.each([
  [401, "unauthenticated"],
  [403, "forbidden"],
  [404, "not_found"],
])("a refusal (%i) ends it with the error", async (status, code) => {
  const replies = [sse([eventMessage(1, "a")]), problem(status, code)];
  const client = await clientOf(() => replies.shift() ?? {});
  await expect(seqsOf(client.runs.streamEvents("r"))).rejects.toMatchObject({ code });
});

test("gives up after reconnectForMs without an answer", async () => {
  const client = await clientOf(() => problem(503, "unavailable"));
  const events = client.runs.streamEvents("r", { reconnectForMs: 100 });
  await expect(seqsOf(events)).rejects.toMatchObject({ code: "unavailable" });
});

test("polls the list where nothing streams", async () => {
  const lists = [
    { data: [{ seq: 1 }, { seq: 2 }], hasMore: true, final: false },
    { data: [{ seq: 3 }], hasMore: false, final: false },
    { data: [], hasMore: false, final: false },
    { data: [{ seq: 4 }], hasMore: false, final: true },
  ];
  const client = await clientOf((request) => (isStream(request) ? { json: {} } : { json: lists.shift() }));
  expect(await seqsOf(client.runs.streamEvents("r", { pollIntervalMs: 5 }))).toEqual([1, 2, 3, 4]);
  const afters = service.received.filter((request) => !isStream(request)).map(({ query }) => query.get("after"));
  expect(afters).toEqual(["0", "2", "3", "3"]);
});

test("leaving the loop closes the connection", async () => {
  let closed: (how: string) => void;
  const gone = new Promise<string>((resolve) => (closed = resolve));
  const client = await clientOf(() => (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(eventMessage(1, "a"));
    response.on("close", () => closed("closed"));
  });
  for await (const _event of client.runs.streamEvents("r")) break;
  expect(await gone).toBe("closed");
});

test("an abort ends it with the signal's reason while it waits for the next event", async () => {
  const client = await clientOf(() => (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(eventMessage(1, "a"));
  });
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("enough")), 50);
  await expect(seqsOf(client.runs.streamEvents("r", { signal: stop.signal }))).rejects.toThrow("enough");
});

test("subscribeToRun gives the run now, after each change, and last as it ended", async () => {
  const states = ["pending", "running", "running", "completed"];
  const messages = [eventMessage(1, "a"), eventMessage(2, "b"), eventMessage(3, "c"), end];
  const client = await clientOf((request) => {
    if (!isStream(request)) return { json: runBody("r", states.length > 1 ? (states.shift() ?? "") : "completed") };
    return (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      messages.forEach((message, index) => setTimeout(() => response.write(message), index * 40));
    };
  });
  const seen = [];
  for await (const run of client.runs.subscribeToRun("r")) seen.push(run.status);
  expect(seen).toEqual(["pending", "running", "completed"]);
});

test("subscribeToRun of a run that has ended gives it once and opens no stream", async () => {
  const client = await clientOf(() => ({ json: runBody("r", "cancelled") }));
  const seen = [];
  for await (const run of client.runs.subscribeToRun("r")) seen.push(run.isCancelled);
  expect(seen).toEqual([true]);
  expect(streams()).toHaveLength(0);
});
