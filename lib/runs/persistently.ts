import { setTimeout as sleep } from "node:timers/promises";
import { isTransientFailure } from "#/db/failure.ts";

/** As long as a server takes to start again, or a failover to happen. */
const withinMs = 60_000;
const firstWaitMs = 50;
const longestWaitMs = 1000;

/**
 * Does work on the database again while the database cannot be asked (it restarts, a connection broke), for up to a
 * minute. Only for work that may be done twice: whether a broken commit took place is not known.
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
