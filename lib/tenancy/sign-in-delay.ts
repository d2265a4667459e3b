/** How many failures cost nothing, in a count of 15 minutes: by email at one address (or device), by email, by address. */
export const freeFailures = { device: 10, pair: 10, email: 50, address: 100 } as const;

const firstDelayMs = 250;
const longestDelayMs = 8_000;
/** How often a try looks again that waits for another one, whose outcome is open. */
export const pollMs = 150;

/** What is counted under one key; `trying` includes the try that asks. */
export type Counted = { failures: number; trying: number; sinceFailureMs: number };

/**
 * How long a try has to wait (ms; 0 = it may begin now). Up to `free` tries that failed or may fail begin at once. Behind
 * them one at a time, each so long after the failure before it as `delayMs` says: guesses become slow, and whoever knows
 * the password waits some seconds, never to the end of a lock. Pure.
 */
export function waitMs({ failures, trying, sinceFailureMs }: Counted, free: number): number {
  if (failures + trying <= free) return 0;
  if (failures < free || trying > 1) return pollMs;
  return Math.max(0, delayMs(failures, free) - sinceFailureMs);
}

/** A quarter of a second, twice that after each eight failures more, at most 8 s. Pure. */
export function delayMs(failures: number, free: number): number {
  return failures < free ? 0 : Math.min(longestDelayMs, firstDelayMs * 2 ** ((failures - free) / 8));
}
