import { spanStatuses } from "#/lib/contract/status.ts";
import { barPlace, type TimeWindow } from "./time-scale.ts";
import type { TraceColumns } from "./trace-columns.ts";

const failedCode = spanStatuses.indexOf("failed");

/** Per pixel: how many bars cover it, and whether one of them failed. Row-major, `width` × `height`. */
export type Density = { readonly cover: Uint16Array; readonly failed: Uint8Array; readonly peak: number };

/**
 * The whole run on a small picture: time to the right, rows downwards. Each bar adds 1 at its first pixel and takes it
 * off after its last, and one pass sums up: the cost is rows + pixels, not rows × bar length.
 */
export function minimapDensity(
  trace: Pick<TraceColumns, "count" | "startMs" | "durationMs" | "status">,
  bounds: TimeWindow,
  nowMs: number,
  width: number,
  height: number,
): Density {
  const steps = new Int32Array((width + 1) * height);
  const failed = new Uint8Array(width * height);
  for (let row = 0; row < trace.count; row++) {
    const place = barPlace(trace.startMs[row] ?? -1, trace.durationMs[row] ?? -1, bounds, nowMs);
    if (place === null) continue;
    const x0 = Math.min(width - 1, Math.floor((place.left / 100) * width));
    const x1 = Math.min(width - 1, Math.max(x0, Math.ceil(((place.left + place.width) / 100) * width) - 1));
    const y0 = Math.floor((row / trace.count) * height);
    // Few rows: bars several pixels high, with a gap to tell them apart.
    const tall = Math.floor(((row + 1) / trace.count) * height) - y0;
    const y1 = Math.min(height - 1, y0 + Math.min(4, Math.max(1, tall - 1)) - 1);
    const isFailed = trace.status[row] === failedCode;
    for (let y = y0; y <= y1; y++) {
      const line = y * (width + 1);
      steps[line + x0] = (steps[line + x0] ?? 0) + 1;
      steps[line + x1 + 1] = (steps[line + x1 + 1] ?? 0) - 1;
      if (isFailed) failed.fill(1, y * width + x0, y * width + x1 + 1);
    }
  }
  return { ...summed(steps, width, height), failed };
}

function summed(steps: Int32Array, width: number, height: number): { cover: Uint16Array; peak: number } {
  const cover = new Uint16Array(width * height);
  let peak = 0;
  for (let y = 0; y < height; y++) {
    let sum = 0;
    for (let x = 0; x < width; x++) {
      sum += steps[y * (width + 1) + x] ?? 0;
      cover[y * width + x] = Math.min(65_535, sum);
      if (sum > peak) peak = sum;
    }
  }
  return { cover, peak };
}
