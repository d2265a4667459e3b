import { describe, expect, test } from "vitest";
import { createEventParser } from "#/components/trace/event-stream.ts";
import { SpanCache } from "#/components/trace/span-cache.ts";
import { throttleTask } from "#/components/trace/throttle.ts";
import { readViewerState, writeViewerState } from "#/components/trace/url-state.ts";
import type { SpanDetail } from "#/lib/contract/run.ts";

describe("event stream", () => {
  const text =
    ': beat\n\nid: 1\nevent: run.started\ndata: {"a":1}\n\nid: 2\nevent: step.completed\ndata: x\ndata: y\n\nevent: end\ndata:\n\n';
  const expected = [
    { id: "1", event: "run.started", data: '{"a":1}' },
    { id: "2", event: "step.completed", data: "x\ny" },
    { id: "2", event: "end", data: "" },
  ];

  test("is the same however the bytes are cut", () => {
    for (let size = 1; size <= text.length; size++) {
      const parse = createEventParser();
      const events = [];
      for (let at = 0; at < text.length; at += size) events.push(...parse(text.slice(at, at + size)));
      expect(events).toEqual(expected);
    }
  });

  test("understands CRLF", () => {
    const parse = createEventParser();
    expect(parse(text.replaceAll("\n", "\r\n"))).toEqual(expected);
  });
});

describe("span cache", () => {
  const detail = (id: string, finishedAt: string | null) => ({ id, finishedAt }) as SpanDetail;
  const ended = "2026-01-01T00:00:00.000Z";

  /** A cache over a reader that notes what it was asked for. */
  function cacheOver(read: (id: string) => SpanDetail): { cache: SpanCache; asked: string[] } {
    const asked: string[] = [];
    const cache = new SpanCache(async (id) => {
      asked.push(id);
      return read(id);
    });
    return { cache, asked };
  }

  test("asks once however many want it, and keeps the answer", async () => {
    const { cache, asked } = cacheOver((id) => detail(id, ended));
    await Promise.all([cache.load("a"), cache.load("a")]);
    await cache.load("a");
    expect(asked).toEqual(["a"]);
    expect(cache.peek("a")?.id).toBe("a");
  });

  test("forgets the least recently used first", async () => {
    const { cache } = cacheOver((id) => detail(id, ended));
    for (let n = 0; n < 32; n++) await cache.load(`s${n}`);
    await cache.load("s0");
    await cache.load("s32");
    expect(cache.peek("s0")).not.toBeNull();
    expect(cache.peek("s1")).toBeNull();
  });

  test("does not keep what will change, nor what failed", async () => {
    const { cache, asked } = cacheOver((id) => {
      if (id === "broken") throw new Error("no");
      return detail(id, null);
    });
    await cache.load("running");
    await cache.load("running");
    await expect(cache.load("broken")).rejects.toThrow("no");
    await expect(cache.load("broken")).rejects.toThrow("no");
    expect(asked).toEqual(["running", "running", "broken", "broken"]);
  });
});

describe("throttle", () => {
  test("many calls become few runs, never two at once, and the last call is not lost", async () => {
    let running = 0;
    let runs = 0;
    const { ask } = throttleTask(async () => {
      runs++;
      running++;
      expect(running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 15));
      running--;
    }, 40);
    const started = performance.now();
    while (performance.now() - started < 200) {
      ask();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const before = runs;
    expect(before).toBeLessThanOrEqual(7);
    ask();
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(runs).toBeGreaterThan(before);
  });
});

describe("address", () => {
  test("what is written is read back, and defaults leave no trace", () => {
    const state = { span: "span_1", tab: "input", view: "transcript", query: "a b&c", errorsOnly: true } as const;
    const written = writeViewerState("?other=1&replay=1", state);
    expect(readViewerState(new URLSearchParams(written))).toEqual(state);
    expect(written).toContain("other=1");
    expect(written).not.toContain("replay");
    const plain = { span: null, tab: "overview", view: "tree", query: "", errorsOnly: false } as const;
    expect(writeViewerState(written, plain)).toBe("?other=1");
  });

  test("nonsense in the address is the default", () => {
    expect(readViewerState(new URLSearchParams("tab=x&view=y&errors=yes"))).toEqual({
      span: null,
      tab: "overview",
      view: "tree",
      query: "",
      errorsOnly: false,
    });
  });
});
