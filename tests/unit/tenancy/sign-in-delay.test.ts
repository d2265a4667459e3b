import { describe, expect, test } from "vitest";
import { delayMs, pollMs, waitMs } from "#/lib/tenancy/sign-in-delay.ts";

describe("how long a try to sign in waits", () => {
  test.each([
    ["the first", { failures: 0, trying: 1, sinceFailureMs: 0 }, 0],
    ["the tenth at once", { failures: 0, trying: 10, sinceFailureMs: 0 }, 0],
    ["one more than may be open", { failures: 3, trying: 8, sinceFailureMs: 9e9 }, pollMs],
    ["the last free one", { failures: 9, trying: 1, sinceFailureMs: 0 }, 0],
    ["the first that is not free", { failures: 10, trying: 1, sinceFailureMs: 0 }, 250],
    ["the same, some time later", { failures: 10, trying: 1, sinceFailureMs: 200 }, 50],
    ["the same, long after", { failures: 10, trying: 1, sinceFailureMs: 10_000 }, 0],
    ["the same, beside another", { failures: 10, trying: 2, sinceFailureMs: 10_000 }, pollMs],
    ["one behind thousands", { failures: 5000, trying: 1, sinceFailureMs: 1_000 }, 7_000],
  ])("%s", (_what, counted, wait) => expect(waitMs(counted, 10)).toBe(wait));

  test("grows with each failure, to 8 s and no further", () => {
    const delays = Array.from({ length: 200 }, (_, n) => delayMs(n, 50));
    expect(delays.slice(0, 50).every((ms) => ms === 0)).toBe(true);
    expect(delays.slice(50).every((ms, n, all) => n === 0 || ms >= (all[n - 1] ?? 0))).toBe(true);
    expect([delays[50], delays[58], delays[90], delays[199]]).toEqual([250, 500, 8_000, 8_000]);
  });
});
