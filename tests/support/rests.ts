import { setTimeout as sleep } from "node:timers/promises";

/**
 * The rests between looks at what a test waits for by asking the database: short at first, then a tenth of the time that
 * has passed, up to 100 ms. On a busy machine a look costs more than it is late, and takes from what it waits for.
 */
export function rests(firstMs = 20): () => Promise<void> {
  const since = performance.now();
  return async () => void (await sleep(Math.min(100, Math.max(firstMs, (performance.now() - since) / 10))));
}
