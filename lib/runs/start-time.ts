import { z } from "zod";
import { parseDurationMs } from "#/lib/core/duration.ts";
import { invalidField } from "#/lib/core/errors.ts";

/** Date and time with an offset, and a day that exists: the same rule as for `from` and `to`. */
const Rfc3339 = z.iso.datetime({ offset: true });

const longestMs = 366 * 86_400_000;

/** A `delay` as a time: a duration from now (`3s`, `10m`, `1h`), or an RFC 3339 time. At most a year ahead. */
export function startTime(delay: string, now: Date): Date {
  const ms = parseDurationMs(delay);
  const at = ms !== null ? now.getTime() + ms : Rfc3339.safeParse(delay).success ? Date.parse(delay) : Number.NaN;
  if (!Number.isFinite(at))
    throw invalidField("body.delay", "expected a duration such as 3s, 10m or 1h, or an RFC 3339 time");
  if (at - now.getTime() > longestMs) throw invalidField("body.delay", "is more than a year ahead");
  return new Date(at);
}

/** A `ttl` in milliseconds. */
export function ttlMs(ttl: string): number {
  const ms = parseDurationMs(ttl);
  if (ms === null || ms < 1 || ms > longestMs)
    throw invalidField("body.ttl", "expected a duration such as 30s, 10m or 1h");
  return ms;
}
