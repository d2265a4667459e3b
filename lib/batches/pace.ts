import { replayQuota } from "#/lib/contract/replay.ts";

/**
 * Seconds until the last of `own` queued replays is accepted, when the batches of a workspace take turns: `others` are
 * the queued replays of each other batch, `limit` the replays of batches that are accepted in a minute, `used` those of
 * the last one. Replays of people that leave less room make it longer. Pure.
 */
export function etaSeconds(
  own: number,
  others: readonly number[],
  { limit, used }: { limit: number; used: number },
): number {
  // In turns: for each of ours, one of every other that still has some.
  const before = others.reduce((sum, other) => sum + Math.min(own, other), 0);
  const behindTheWindow = own + before - Math.max(0, limit - used);
  return own === 0 ? 0 : Math.max(0, Math.ceil(behindTheWindow / limit)) * (replayQuota.windowMs / 1000);
}
