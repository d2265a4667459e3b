import { setTimeout as sleep } from "node:timers/promises";
import { isTransientFailure } from "#/db/failure.ts";

/** As long as a server restart or a failover takes. */
const withinMs = 60_000;
const firstWaitMs = 50;
const longestWaitMs = 1000;

/**
 * Repeats work on the database while the database cannot be reached (it restarts, a connection broke), for up to a
 * minute. Only for work that may be done twice: whether an interrupted commit took place is not known.
 */
export async function persistently<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + withinMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!isTransientFailure(error) || performance.now() > until) throw error;
    }
    await sleep(waitMs);
  }
}
