/** `BENCH_QUICK=1`: a few seconds a benchmark, to see that it runs; its figures say little. */
export const quick = process.env["BENCH_QUICK"] === "1";

/** The value that `share` of the samples do not exceed (nearest rank). */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (samples: readonly number[]) => percentile(samples, 0.5);

/** p50, p95 and p99 of durations in milliseconds, rounded to 0.01. */
export function summary(samples: readonly number[]) {
  return {
    n: samples.length,
    p50: round(median(samples)),
    p95: round(percentile(samples, 0.95)),
    p99: round(percentile(samples, 0.99)),
  };
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Now as the clock of `Date`, with a fraction of a millisecond. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Does `work` for 0 … count-1, `clients` at a time. */
export async function inParallel(
  clients: number,
  count: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const client = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** The benchmark's one line on stdout. */
export function report(bench: string, figures: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ bench, quick, ...figures })}\n`);
}
