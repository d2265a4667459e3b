import { DomainError } from "#/lib/core/errors.ts";

/** How many requests of one workspace may wait for other servers at once, in each web process. */
export const askedAtOnce = 4;

const retryAfterMs = 5_000;

/** Waiting requests, by workspace. On globalThis: see db/client.ts. */
const waiting = ((globalThis as { repriseAsking?: Map<string, number> }).repriseAsking ??= new Map());

/**
 * Calls another server for a request of this workspace. A server may take as long as it likes to answer, so only a few
 * requests may wait at once. Throws too_many_requests, with when to retry.
 */
export async function limitAsking<T>(workspaceId: string, ask: () => Promise<T>): Promise<T> {
  const before = waiting.get(workspaceId) ?? 0;
  if (before >= askedAtOnce)
    throw new DomainError(
      "too_many_requests",
      `${askedAtOnce} requests of this workspace are waiting for other servers. Try again when they have ended.`,
      { details: { retryAfterMs } },
    );
  waiting.set(workspaceId, before + 1);
  try {
    return await ask();
  } finally {
    const left = (waiting.get(workspaceId) ?? 1) - 1;
    if (left > 0) waiting.set(workspaceId, left);
    else waiting.delete(workspaceId);
  }
}
