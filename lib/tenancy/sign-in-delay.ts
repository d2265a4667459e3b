/** How many failures in 15 minutes cost nothing: by email at one address (or device), by email, by address. */
export const freeFailures = { device: 10, pair: 10, email: 50, address: 100 } as const;

const firstDelayMs = 250;
const longestDelayMs = 8_000;
/** How often a try checks again while it waits for another one to finish. */
export const pollMs = 150;

/** What is counted under one key; `trying` includes the try that asks. */
export type Counted = { failures: number; trying: number; sinceFailureMs: number };

/**
 * How long a try has to wait (ms; 0 = it may begin now). Up to `free` tries that failed or may fail begin at once. After
 * that, one at a time, each `delayMs` after the failure before it: guesses become slow, and whoever knows
 * the password waits some seconds; nobody is locked out. Pure.
 */
export function waitMs({ failures, trying, sinceFailureMs }: Counted, free: number): number {
  if (failures + trying <= free) return 0;
  if (failures < free || trying > 1) return pollMs;
  return Math.max(0, delayMs(failures, free) - sinceFailureMs);
}

/** A quarter of a second, doubled after every eight further failures, at most 8 s. Pure. */
export function delayMs(failures: number, free: number): number {
  return failures < free ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** ((failures - free) / 8));
}
