import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "#/lib/contract/event.ts";
import { eventStream, lastEventId, wantsEventStream, type EventSource } from "#/lib/api/event-stream.ts";
import { openStreamCount } from "#/lib/api/open-streams.ts";

const event = (seq: number, type = "step.started"): RunEvent => ({
  seq,
  type,
  at: "2026-11-20T10:00:00.000Z",
  nodeId: null,
  spanId: null,
  key: null,
  data: {},
});

/** A run whose history the test writes. */
function history() {
  const events: RunEvent[] = [];
  const listeners = new Set<() => void>();
  const abort = new AbortController();
  const state = { final: false, allowed: true, reads: 0 };
  const source: EventSource = {
    after: 0,
    read: async (after, limit) => {
      state.reads += 1;
      const rest = events.filter(({ seq }) => seq > after);
      const hasMore = rest.length > limit;
      return { data: rest.slice(0, limit), hasMore, final: state.final && !hasMore };
    },
    subscribe: (onChange) => {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    isStillAllowed: async () => state.allowed,
    signal: abort.signal,
  };
  const add = (...added: RunEvent[]) => {
    events.push(...added);
    for (const listener of listeners) listener();
  };
  return { source, add, state, listeners, abort };
}

const fast = { heartbeatMs: 40, checkMs: 20, minReadGapMs: 0 };
const ids = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

describe("event streams", () => {
  test("an event whose announcement was lost comes with the next heartbeat", async () => {
    const { source, add, state, listeners } = history();
    add(event(1));
    const text = eventStream(source, fast).text();
    await sleep(10);
    const announced = [...listeners];
    listeners.clear();
    state.final = true;
    add(event(2, "run.completed"));
    expect(announced).toHaveLength(1);
    expect(ids(await text)).toEqual([1, 2]);
  });

  test("send what is there, then what comes, then end, each event once and in order", async () => {
    const { source, add, state } = history();
    add(event(1), event(2));
    const text = eventStream(source, fast).text();
    await sleep(10);
    add(event(3));
    await sleep(10);
    state.final = true;
    add(event(4, "run.completed"));
    expect(ids(await text)).toEqual([1, 2, 3, 4]);
    expect((await text).endsWith("event: end\ndata: {}\n\n")).toBe(true);
    expect(await text).toContain("event: run.completed\n");
  });

  test("resume after the last event that the client has", async () => {
    const { source, add, state } = history();
    state.final = true;
    add(event(1), event(2), event(3));
    expect(ids(await eventStream({ ...source, after: 2 }, fast).text())).toEqual([3]);
  });

  test("say that they live while nothing happens", async () => {
    const { source, state, add } = history();
    const text = eventStream(source, fast).text();
    await sleep(100);
    state.final = true;
    add();
    expect(await text).toContain(": heartbeat\n\n");
  });

  test("end soon after the right to read is gone, also for a client that takes nothing", async () => {
    const { source, add, state, listeners } = history();
    add(event(1));
    const response = eventStream(source, fast);
    state.allowed = false;
    await sleep(60);
    expect(listeners.size).toBe(0);
    const text = await response.text();
    expect(text).not.toContain("event: end");
  });

  test("let go of everything when the client goes away", async () => {
    const { source, listeners, abort } = history();
    const before = openStreamCount();
    const reader = eventStream(source, fast).body?.getReader();
    await reader?.read();
    expect([listeners.size, openStreamCount()]).toEqual([1, before + 1]);
    abort.abort();
    await sleep(10);
    expect([listeners.size, openStreamCount()]).toEqual([0, before]);
    const second = eventStream(history().source, fast).body;
    await second?.cancel();
    expect(openStreamCount()).toBe(before);
  });

  test("read nothing more while the client takes nothing", async () => {
    const { source, add, state } = history();
    const stream = eventStream(source, { ...fast, checkMs: 10_000 }).body;
    for (let seq = 1; seq <= 500; seq += 1) {
      add(event(seq));
      if (seq % 50 === 0) await sleep(1);
    }
    expect(state.reads).toBeLessThanOrEqual(2);
    await stream?.cancel();
  });

  test("hold little for each of a hundred clients that do not read a long history, and all of it comes to those who do", async () => {
    const { source, add, state } = history();
    add(...Array.from({ length: 5_000 }, (_, index) => ({ ...event(index + 1), data: { note: "x".repeat(400) } })));
    state.final = true;
    let held = 0;
    const counted: EventSource = {
      ...source,
      read: async (after, limit) => {
        const page = await source.read(after, limit);
        held += page.data.length;
        return page;
      },
    };
    const streams = Array.from({ length: 100 }, () => eventStream(counted, { ...fast, checkMs: 60_000 }).body);
    const readers = streams.map((stream) => stream?.getReader());
    for (const reader of readers) await reader?.read();
    await sleep(20);
    expect(held).toBeLessThanOrEqual(100 * 100);
    const chunk = await readers[0]?.read();
    expect(chunk?.value?.length).toBeLessThan(20 * 1024);
    for (const reader of readers) await reader?.cancel();
    expect(ids(await eventStream(source, fast).text())).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
  });

  test("end, to be resumed, when reading fails", async () => {
    const { source, listeners } = history();
    const text = await eventStream({ ...source, read: () => Promise.reject(new Error("gone")) }, fast).text();
    expect(text).not.toContain("event: end");
    expect(listeners.size).toBe(0);
  });
});

describe("what the client asks for", () => {
  const request = (headers: Record<string, string>) => new Request("http://x/", { headers });
  test.each([
    ["text/event-stream", true],
    ["application/json, text/event-stream", true],
    ["application/json", false],
    ["*/*", false],
  ])("Accept: %s → stream: %s", (accept, expected) => expect(wantsEventStream(request({ accept }))).toBe(expected));
  test.each([
    ["12", 12],
    ["0", 0],
    ["-1", null],
    ["x", null],
    ["99999999999999999999", null],
  ])("Last-Event-ID: %s → %s", (id, expected) => expect(lastEventId(request({ "last-event-id": id }))).toBe(expected));
});
