import { describe, expect, test } from "vitest";
import { minimapDensity } from "#/components/trace/minimap-density.ts";
import {
  barPlace,
  fullWindow,
  panBy,
  tickLabel,
  ticksOf,
  windowBetween,
  zoomAround,
} from "#/components/trace/time-scale.ts";
import { sampleTrace } from "./sample-trace.ts";

const bounds = { from: 0, to: 1000 };

describe("window", () => {
  test("reaches from the run's start to its last end", () => {
    const trace = sampleTrace([
      { name: "a", depth: 0, startMs: 5, durationMs: 20 },
      { name: "b", depth: 0, startMs: 10, durationMs: 100 },
      { name: "not started", depth: 0, startMs: -1, durationMs: -1 },
    ]);
    expect(fullWindow(trace, null)).toEqual({ from: 0, to: 110 });
  });

  test("a running span reaches to now, a finished run does not", () => {
    const running = sampleTrace([{ name: "a", depth: 0, startMs: 5, durationMs: -1 }]);
    expect(fullWindow(running, 500)).toEqual({ from: 0, to: 500 });
    const ended = sampleTrace([{ name: "a", depth: 0, startMs: 5, durationMs: 20 }]);
    expect(fullWindow(ended, 500)).toEqual({ from: 0, to: 25 });
  });

  test("is never empty", () => {
    expect(fullWindow(sampleTrace([]), null)).toEqual({ from: 0, to: 1 });
    expect(fullWindow(sampleTrace([{ name: "a", depth: 0, startMs: 0, durationMs: 0 }]), null)).toEqual({
      from: 0,
      to: 1,
    });
  });

  test.each([
    ["in order", 100, 300, { from: 100, to: 300 }],
    ["backwards", 300, 100, { from: 100, to: 300 }],
    ["over both ends", -50, 5000, bounds],
  ])("between two points of a drag: %s", (_name, a, b, expected) => {
    expect(windowBetween(a, b, bounds)).toEqual(expected);
  });

  test("a drag of no width still gives one that can be drawn, inside the bounds", () => {
    for (const at of [0, 500, 1000]) {
      const { from, to } = windowBetween(at, at, bounds);
      expect(to - from).toBeCloseTo(0.1);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(1000);
    }
  });

  test("zooming keeps the time under the pointer in place", () => {
    const zoomed = zoomAround({ from: 200, to: 600 }, 300, 0.5, bounds);
    expect(zoomed).toEqual({ from: 250, to: 450 });
    expect((300 - zoomed.from) / (zoomed.to - zoomed.from)).toBeCloseTo((300 - 200) / 400);
  });

  test("zooming out and moving stop at the bounds", () => {
    expect(zoomAround({ from: 200, to: 600 }, 300, 100, bounds)).toEqual(bounds);
    expect(panBy({ from: 100, to: 200 }, -500, bounds)).toEqual({ from: 0, to: 100 });
    expect(panBy({ from: 100, to: 200 }, 5000, bounds)).toEqual({ from: 900, to: 1000 });
  });
});

describe("bars", () => {
  test.each([
    ["whole", 100, 200, bounds, { left: 10, width: 20 }],
    ["cut at the left", 100, 200, { from: 200, to: 300 }, { left: 0, width: 100 }],
    ["no duration", 500, 0, bounds, { left: 50, width: 0 }],
    ["running until now", 500, -1, bounds, { left: 50, width: 30 }],
    ["not started", -1, -1, bounds, null],
    ["before the window", 0, 50, { from: 100, to: 200 }, null],
    ["after the window", 300, 50, { from: 100, to: 200 }, null],
  ])("%s", (_name, start, duration, window, expected) => {
    expect(barPlace(start, duration, window, 800)).toEqual(expected);
  });
});

describe("ruler", () => {
  test.each([0.4, 3, 17, 250, 999, 4200, 61_000, 3_700_000, 90_000_000, 4_000_000_000])(
    "has a handful of ticks on round times over %d ms",
    (span) => {
      const { step, at } = ticksOf({ from: 0, to: span }, 8);
      expect(at.length).toBeGreaterThanOrEqual(2);
      expect(at.length).toBeLessThanOrEqual(9);
      for (const tick of at) expect(Math.abs(tick / step - Math.round(tick / step))).toBeLessThan(1e-6);
      expect(new Set(at.map((tick) => tickLabel(tick, step))).size).toBe(at.length);
    },
  );

  test.each([
    [0, 10, "0"],
    [20, 10, "20 ms"],
    [0.25, 0.05, "0.25 ms"],
    [1500, 500, "1.5 s"],
    [1000, 500, "1 s"],
    [30_000, 10_000, "30 s"],
    [150_000, 30_000, "2:30"],
    [3_900_000, 300_000, "1:05:00"],
  ])("%d ms at steps of %d reads %s", (at, step, expected) => {
    expect(tickLabel(at, step)).toBe(expected);
  });
});

describe("minimap", () => {
  test("covers the pixels of each bar and marks failed ones", () => {
    const trace = sampleTrace([
      { name: "a", depth: 0, startMs: 0, durationMs: 1000 },
      { name: "b", depth: 1, startMs: 500, durationMs: 250, status: "failed" },
    ]);
    const { cover, failed, peak } = minimapDensity(trace, bounds, 0, 4, 2);
    expect(Array.from(cover)).toEqual([1, 1, 1, 1, 0, 0, 1, 0]);
    expect(Array.from(failed)).toEqual([0, 0, 0, 0, 0, 0, 1, 0]);
    expect(peak).toBe(1);
  });

  test("adds up rows that share a line, and shows an instant as one pixel", () => {
    const spans = Array.from({ length: 10 }, (_, n) => ({ name: `s${n}`, depth: 0, startMs: 1000, durationMs: 0 }));
    const { cover, peak } = minimapDensity(sampleTrace(spans), bounds, 0, 5, 1);
    expect(Array.from(cover)).toEqual([0, 0, 0, 0, 10]);
    expect(peak).toBe(10);
  });
});
