import { expect, test } from "vitest";
import { retryDelayMs } from "#/lib/sdk/retry.ts";

const limits = { maxRetries: 2, maxRetryAfterMs: 10_000 };
const failure = (status: number | null, shouldRetry: string | null = null, retryAfterMs: number | null = null) => ({
  ...{ status, shouldRetry, retryAfterMs },
});

test.each([
  ["no answer", failure(null), true],
  ["408", failure(408), true],
  ["500", failure(500), true],
  ["503", failure(503), true],
  ["429 that names a time", failure(429, null, 1000), true],
  ["429 that names no time", failure(429), false],
  ["409", failure(409), false],
  ["409 that says it is worth it", failure(409, "true", 1000), true],
  ["500 that says it is of no use", failure(500, "false"), false],
  ["429 that says it is of no use", failure(429, "false", 1000), false],
  ["429 that asks for longer than the client waits", failure(429, "true", 10_001), false],
  ["400", failure(400), false],
  ["401", failure(401), false],
  ["404", failure(404), false],
  ["422", failure(422), false],
])("whether a request is sent again after: %s", (_name, failed, again) => {
  expect(retryDelayMs(failed, 0, limits, 0.5) !== null).toBe(again);
});

test("Retry-After is waited for exactly, without jitter below it", () => {
  expect(retryDelayMs(failure(429, null, 1234), 0, limits, 0)).toBe(1234);
});

test("backoff grows, has jitter and never exceeds 8 s", () => {
  const many = { ...limits, maxRetries: 100 };
  for (let attempt = 0; attempt < 20; attempt++) {
    const shortest = retryDelayMs(failure(500), attempt, many, 0) ?? 0;
    const longest = retryDelayMs(failure(500), attempt, many, 0.999) ?? 0;
    expect(shortest).toBeLessThan(longest);
    expect(longest).toBeLessThanOrEqual(8_000);
    expect(longest).toBeGreaterThanOrEqual(retryDelayMs(failure(500), Math.max(0, attempt - 1), many, 0.999) ?? 0);
  }
});

test("nothing is sent more often than the limit says", () => {
  expect(retryDelayMs(failure(500), 2, limits, 0)).toBeNull();
  expect(retryDelayMs(failure(500), 0, { ...limits, maxRetries: 0 }, 0)).toBeNull();
});
