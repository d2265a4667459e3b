import { describe, expect, test } from "vitest";
import { backoffMs, inPlaceBackoffMs, retryRule } from "#/lib/runs/retry.ts";

describe("how often a node is tried", () => {
  test.each([
    ["model", undefined, 3],
    ["tool", undefined, 1],
    ["model", { maxAttempts: 1 }, 1],
    ["tool", { maxAttempts: 5 }, 5],
  ] as const)("a %s with the author's rule %j: %i attempts in all", (kind, author, attempts) => {
    expect(retryRule(kind, author).maxAttempts).toBe(attempts);
  });

  test("an author who names one value keeps the defaults of the others", () => {
    expect(retryRule("tool", { maxAttempts: 2 })).toEqual({ ...retryRule("tool", undefined), maxAttempts: 2 });
  });
});

describe("how long it waits before the next attempt", () => {
  const rule = { maxAttempts: 9, backoffMs: 100, factor: 2, maxBackoffMs: 1000 };
  const whole = () => 1;

  test.each([
    [2, 100],
    [3, 200],
    [4, 400],
    [5, 800],
    [6, 1000],
    [60, 1000],
  ])("before attempt %i: %i ms at most", (next, ms) => {
    expect(backoffMs(rule, next, null, whole)).toBe(ms);
    expect(backoffMs(rule, next, null, () => 0)).toBe(ms / 2);
  });

  test("jitter stays between half and whole", () => {
    for (let share = 0; share < 1; share += 0.05) {
      const ms = backoffMs(rule, 4, null, () => share);
      expect(ms).toBeGreaterThanOrEqual(200);
      expect(ms).toBeLessThanOrEqual(400);
    }
  });

  test.each([
    ["longer than the backoff is obeyed", 5000, 5000],
    ["even beyond the longest backoff", 60_000, 60_000],
    ["shorter does not shorten the backoff", 1, 100],
    ["of 0 neither", 0, 100],
    ["of a century is obeyed for a day", 3_155_760_000_000, 86_400_000],
    ["beyond what a clock can show too", Infinity, 86_400_000],
  ])("a server's Retry-After %s", (_what, retryAfterMs, ms) => {
    expect(backoffMs(rule, 2, retryAfterMs, whole)).toBe(ms);
  });

  test("a rule without waits does not wait", () => {
    expect(backoffMs({ ...rule, backoffMs: 0 }, 5, null, whole)).toBe(0);
  });

  test("up to 20 s are waited in place", () => {
    expect(inPlaceBackoffMs).toBe(20_000);
  });
});
