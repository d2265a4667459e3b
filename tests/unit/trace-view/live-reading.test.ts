import { describe, expect, onTestFinished, test, vi } from "vitest";
import { throttleTask } from "#/components/trace/throttle.ts";
import { readViewerState, writeViewerState } from "#/components/trace/url-state.ts";

describe("throttle", () => {
  test("many calls become few runs, never two at once, and the last call is not lost", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let running = 0;
    let runs = 0;
    const { ask } = throttleTask(
      async () => {
        runs++;
        running++;
        expect(running).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 15));
        running--;
      },
      () => 40,
    );
    for (let passed = 0; passed < 200; passed += 2) {
      ask();
      await vi.advanceTimersByTimeAsync(2);
    }
    const before = runs;
    expect(before).toBeGreaterThanOrEqual(5);
    expect(before).toBeLessThanOrEqual(7);
    ask();
    await vi.advanceTimersByTimeAsync(120);
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
