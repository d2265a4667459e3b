import { momentOf } from "#/lib/contract/moment.ts";
import { parseDurationMs, ttlMsOf } from "#/lib/core/duration.ts";
import { invalidField } from "#/lib/core/errors.ts";

const longestMs = 366 * 86_400_000;

/**
 * A `delay` as a time: a duration from now (`3s`, `10m`, `1h`), or a time (UTC if it names no zone). At most a year
 * ahead.
 */
export function startTime(delay: string, now: Date): Date {
  const ms = parseDurationMs(delay);
  const at = ms === null ? (momentOf(delay)?.getTime() ?? Number.NaN) : now.getTime() + ms;
  if (!Number.isFinite(at))
    throw invalidField("body.delay", "expected a duration such as 3s, 10m or 1h, or an RFC 3339 time");
  if (at - now.getTime() > longestMs) throw invalidField("body.delay", "is more than a year ahead");
  return new Date(at);
}

/** A `ttl` in milliseconds. */
export function ttlMs(ttl: string): number {
  const ms = ttlMsOf(ttl);
  if (ms === null) throw invalidField("body.ttl", "expected a duration such as 30s, 10m or 1h");
  return ms;
}
