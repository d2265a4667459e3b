import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "#/lib/core/errors.ts";

/** How many requests of one workspace may wait for other servers at once, in each web process. */
export const askedAtOnce = 4;

const retryAfterMs = 5_000;
/** After which a request is refused: who repeats it at once, in a loop, keeps the process no busier than by waiting. */
const refusedAfterMs = 250;

/** Waiting requests, by workspace. On globalThis: see db/client.ts. */
const waiting = ((globalThis as { repriseAsking?: Map<string, number> }).repriseAsking ??= new Map());

/**
 * Refuses a request that is going to call another server as limitAsking would, before anything else was done for it. Throws
 * too_many_requests, with when to retry.
 */
export async function assertMayAsk(workspaceId: string): Promise<void> {
  if ((waiting.get(workspaceId) ?? 0) < askedAtOnce) return;
  await sleep(refusedAfterMs);
  throw tooManyAsk();
}

/**
 * Calls another server for a request of this workspace. A server may take as long as it likes to answer, so only a few
 * requests may wait at once. Throws too_many_requests, with when to retry.
 */
export async function limitAsking<T>(workspaceId: string, ask: () => Promise<T>): Promise<T> {
  const before = waiting.get(workspaceId) ?? 0;
  if (before >= askedAtOnce) throw tooManyAsk();
  waiting.set(workspaceId, before + 1);
  try {
    return await ask();
  } finally {
    const left = (waiting.get(workspaceId) ?? 1) - 1;
    if (left > 0) waiting.set(workspaceId, left);
    else waiting.delete(workspaceId);
  }
}

function tooManyAsk(): DomainError {
  return new DomainError(
    "too_many_requests",
    `${askedAtOnce} requests of this workspace are waiting for other servers. Try again when they have ended.`,
    { details: { retryAfterMs } },
  );
}
