import type { TraceColumns } from "./trace-columns.ts";

/** A stretch of the run's time axis in ms since run start; `to` is greater than `from`. */
export type TimeWindow = { readonly from: number; readonly to: number };

/** Narrowest zoom: the clock is not exact below a tenth of a millisecond. */
const narrowestMs = 0.1;

/** The whole run: from its first start to its last end; a running span ends at `nowMs` (ms since run start). */
export function fullWindow(
  trace: Pick<TraceColumns, "count" | "startMs" | "durationMs">,
  nowMs: number | null,
): TimeWindow {
  let from = Infinity;
  let to = -Infinity;
  let open = false;
  for (let row = 0; row < trace.count; row++) {
    const start = trace.startMs[row] ?? -1;
    if (start < 0) continue;
    const duration = trace.durationMs[row] ?? -1;
    if (duration < 0) open = true;
    if (start < from) from = start;
    const end = start + Math.max(0, duration);
    if (end > to) to = end;
  }
  if (from === Infinity) return { from: 0, to: Math.max(1, nowMs ?? 1) };
  if (open && nowMs !== null && nowMs > to) to = nowMs;
  from = Math.min(from, 0);
  return to - from < narrowestMs ? { from, to: from + 1 } : { from, to };
}

/** Puts two points of a drag in order, inside `bounds`, at least as wide as the clock can tell apart. */
export function windowBetween(a: number, b: number, bounds: TimeWindow): TimeWindow {
  const low = Math.max(bounds.from, Math.min(a, b));
  const high = Math.min(bounds.to, Math.max(a, b));
  if (high - low >= narrowestMs) return { from: low, to: high };
  const middle = Math.min(Math.max((low + high) / 2, bounds.from + narrowestMs / 2), bounds.to - narrowestMs / 2);
  return { from: middle - narrowestMs / 2, to: middle + narrowestMs / 2 };
}

/** Zooms by `factor` (< 1 = closer) around the time `at`, never beyond `bounds`. */
export function zoomAround(window: TimeWindow, at: number, factor: number, bounds: TimeWindow): TimeWindow {
  const span = Math.min(bounds.to - bounds.from, Math.max(narrowestMs, (window.to - window.from) * factor));
  const share = (at - window.from) / (window.to - window.from);
  const from = Math.min(Math.max(at - span * share, bounds.from), bounds.to - span);
  return { from, to: from + span };
}

/** Moves the window by `deltaMs`, never beyond `bounds`. */
export function panBy(window: TimeWindow, deltaMs: number, bounds: TimeWindow): TimeWindow {
  const span = window.to - window.from;
  const from = Math.min(Math.max(window.from + deltaMs, bounds.from), Math.max(bounds.from, bounds.to - span));
  return { from, to: from + span };
}

/** Place of a bar in percent of the window's width; null when it lies outside. A running span reaches to `nowMs`. */
export function barPlace(
  startMs: number,
  durationMs: number,
  window: TimeWindow,
  nowMs: number,
): { left: number; width: number } | null {
  if (startMs < 0) return null;
  const end = durationMs >= 0 ? startMs + durationMs : Math.max(nowMs, startMs);
  if (end < window.from || startMs > window.to) return null;
  const span = window.to - window.from;
  const left = ((Math.max(startMs, window.from) - window.from) / span) * 100;
  const right = ((Math.min(end, window.to) - window.from) / span) * 100;
  return { left, width: Math.max(0, right - left) };
}

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const longSteps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * secondMs),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minuteMs),
  ...[1, 2, 3, 6, 12].map((n) => n * hourMs),
  ...[1, 2, 7, 14, 30].map((n) => n * dayMs),
];

/** A round step (1, 2, 5 × 10ⁿ below a second; clock units above) that gives at most `most` ticks over `spanMs`. */
function tickStep(spanMs: number, most: number): number {
  const least = spanMs / Math.max(1, most);
  if (least <= secondMs / 2) {
    const power = 10 ** Math.floor(Math.log10(least));
    for (const factor of [1, 2, 5, 10]) if (factor * power >= least - 1e-12) return factor * power;
  }
  return longSteps.find((step) => step >= least) ?? Math.ceil(least / (30 * dayMs)) * 30 * dayMs;
}

/** How many ticks a ruler of this width has room for; the lines behind the bars stand at the same times. */
export function tickCount(widthPx: number): number {
  return Math.max(2, Math.min(8, Math.floor(widthPx / 72)));
}

/** Times of the ruler's ticks inside the window, ascending, on multiples of a round step. */
export function ticksOf(window: TimeWindow, most: number): { step: number; at: number[] } {
  const step = tickStep(window.to - window.from, most);
  const at: number[] = [];
  const first = Math.ceil(window.from / step - 1e-9);
  const last = Math.floor(window.to / step + 1e-9);
  for (let tick = first; tick <= last && at.length <= most + 1; tick++) at.push(tick * step);
  return { step, at };
}

/** A tick's label, as precise as the step between ticks needs: `0`, `20 ms`, `1.5 s`, `2:30`, `1:05:00`. */
export function tickLabel(atMs: number, stepMs: number): string {
  if (atMs === 0) return "0";
  if (stepMs < secondMs && atMs < secondMs) return `${trimmed(atMs, stepMs < 1 ? 2 : 0)} ms`;
  if (atMs < minuteMs)
    return `${trimmed(atMs / secondMs, stepMs < secondMs ? Math.min(4, Math.ceil(-Math.log10(stepMs / secondMs))) : 0)} s`;
  const total = Math.floor(atMs / secondMs);
  const fraction = stepMs < secondMs ? (atMs / secondMs - total).toFixed(3).slice(1).replace(/0+$/, "") : "";
  const pair = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const clock = hours > 0 ? `${hours}:${pair(minutes)}:${pair(total % 60)}` : `${minutes}:${pair(total % 60)}`;
  return `${clock}${fraction === "." ? "" : fraction}`;
}

function trimmed(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}
