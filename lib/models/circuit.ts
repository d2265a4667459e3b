import type { ModelCallError } from "./model-call-error.ts";

/** Failures in a row after which a provider counts as down for a workspace. */
export const failuresToOpen = 3;
/** Failures further apart than this are not in a row. */
export const inARowMs = 60_000;
/** Shortest time between calls to a provider that is down, across all runs of a workspace: under two in any second. */
export const askEveryMs = 700;

const shortestWaitMs = 2000;
const longestWaitMs = 15_000;

/** What a workspace knows about a provider that failed its calls. */
export type Circuit = {
  failures: number;
  /** Since when it counts as down; null = not yet. */
  openedAt: Date | null;
  /** One call may be made now, to see whether the provider answers again. */
  mayAsk: boolean;
  lastError: string;
};

/**
 * What a failed call says about its provider: it was there and refused (`up`), it was not there (`down`: no connection,
 * no answer in time, 5xx), or neither. 429 is neither: it sets its own wait. Pure.
 */
export function healthOf(error: ModelCallError): "up" | "down" | "unknown" {
  const { code, status, brokeOff, retryable } = error;
  if (status !== null) {
    if (status >= 500) return "down";
    return status === 429 || status === 408 ? "unknown" : "up";
  }
  switch (code) {
    case "output_invalid":
      return "up";
    case "provider_idle_timeout":
      return "down";
    case "timed_out":
      return brokeOff ? "unknown" : "down";
    case "provider_error":
      return retryable && !brokeOff ? "down" : "unknown";
    default:
      return "unknown";
  }
}

/**
 * How long, in ms, to hold back an attempt while its provider is down: a quarter of the time it has been down, from 2
 * to 15 s, then a random half to whole of that, so that waiting attempts do not all come back together. Pure.
 */
export function waitForProviderMs(downForMs: number, random: () => number): number {
  const whole = Math.min(longestWaitMs, Math.max(shortestWaitMs, downForMs / 4));
  return Math.round(whole * (0.5 + random() / 2));
}
