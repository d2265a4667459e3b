/** How often a node is tried and how long it waits in between; `maxAttempts` counts all attempts. */
export type RetryRule = { maxAttempts: number; backoffMs: number; factor: number; maxBackoffMs: number };

/** A backoff up to this waits in place; a longer one gives up the slot (`waiting` / `retry_backoff`). */
export const inPlaceBackoffMs = 20_000;

const modelDefault: RetryRule = { maxAttempts: 3, backoffMs: 500, factor: 2, maxBackoffMs: 60_000 };
const toolDefault: RetryRule = { ...modelDefault, maxAttempts: 1 };

/** The rule of a node: its author's values over the defaults of its kind (3 attempts for model calls, 1 for tools). */
export function retryRule(
  kind: "model" | "tool",
  author: { maxAttempts?: number; backoffMs?: number; factor?: number; maxBackoffMs?: number } | undefined,
): RetryRule {
  return { ...(kind === "model" ? modelDefault : toolDefault), ...author };
}

/** A server may ask for any wait, but no run waits for a century (or until a time that no clock can show). */
const longestAskedMs = 86_400_000;

/**
 * How long to wait before attempt `next` (2, 3, …), in ms. A server's Retry-After is the minimum, up to a day. The wait
 * itself grows exponentially with jitter (half to whole), so that many runs that failed together do not return
 * together.
 */
export function backoffMs(rule: RetryRule, next: number, retryAfterMs: number | null, random: () => number): number {
  const exponential = Math.min(rule.maxBackoffMs, rule.backoffMs * rule.factor ** (next - 2));
  const jittered = Math.round(exponential * (0.5 + random() / 2));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, longestAskedMs));
}
