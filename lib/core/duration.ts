const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const longestTtlMs = 366 * 86_400_000;

/** A TTL in milliseconds: 1 ms to 366 days; null when the text is no such duration. */
export function ttlMsOf(text: string): number | null {
  const ms = parseDurationMs(text);
  return ms === null || ms < 1 || ms > longestTtlMs ? null : ms;
}

/** Parses `3s`, `10m`, `1h30m`, `500ms`, `2d` into milliseconds; null when it is not a duration. */
export function parseDurationMs(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join("") !== text) return null;
  const total = parts.reduce((sum, part) => sum + Number(part[1]) * (unitMs[part[2] ?? ""] ?? Number.NaN), 0);
  return Number.isFinite(total) ? Math.round(total) : null;
}
