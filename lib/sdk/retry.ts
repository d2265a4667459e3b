/** How often the client retries, and for how long. */
export type RetryLimits = {
  /** Further attempts after the first. */
  maxRetries: number;
  /** The client does not wait for a longer `Retry-After`: it throws the error, which says when to retry. */
  maxRetryAfterMs: number;
};

export type Failure = {
  /** null: no answer came. */
  status: number | null;
  /** The answer's `x-should-retry` header, which overrules the status. */
  shouldRetry: string | null;
  retryAfterMs: number | null;
};

const firstBackoffMs = 400;
const maxBackoffMs = 8_000;

/**
 * Milliseconds to wait before a request that may be repeated is sent again, or null to give up. `attempt` counts from
 * 0, `random` is in [0, 1). A 429 without `Retry-After` will not succeed (depth limit), so it is not repeated.
 */
export function retryDelayMs(failure: Failure, attempt: number, limits: RetryLimits, random: number): number | null {
  if (attempt >= limits.maxRetries || !canSucceedLater(failure)) return null;
  if (failure.retryAfterMs === null) return backoffMs(attempt, maxBackoffMs, random);
  return failure.retryAfterMs > limits.maxRetryAfterMs ? null : failure.retryAfterMs;
}

function canSucceedLater({ status, shouldRetry, retryAfterMs }: Failure): boolean {
  if (shouldRetry === "true" || shouldRetry === "false") return shouldRetry === "true";
  if (status === null || status === 408 || status >= 500) return true;
  return status === 429 && retryAfterMs !== null;
}

/** Exponential backoff with jitter: between half and all of the step. */
export function backoffMs(attempt: number, maxMs: number, random: number): number {
  const step = Math.min(maxMs, firstBackoffMs * 2 ** attempt);
  return Math.round(step * (0.5 + random / 2));
}
