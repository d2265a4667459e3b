import { momentOf } from "#/lib/contract/moment.ts";

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `30s`, `10m`, `1h30m`, `7d` in milliseconds; null when it is not a duration. */
export function durationMsOf(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(text)) return null;
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g);
  return Math.round([...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ""] ?? 0), 0));
}

/** A time written as a duration before now (`24h`), or as a day or a time (UTC without a zone); null when it is neither. */
export function timeOf(text: string, now: Date): Date | null {
  const ago = durationMsOf(text);
  if (ago === null) return momentOf(text);
  const time = new Date(now.getTime() - ago);
  return Number.isNaN(time.getTime()) ? null : time;
}
