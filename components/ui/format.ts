/** Texts for numbers and times; unknown (null) reads as unknown, never as 0. All pure, same on server and browser. */

const unknown = "unknown";

/** `840 ms`, `1.2 s`, `34 s`, `5m 12s`, `3h 04m`, `2d 5h`. A dash stands for "not yet". */
export function formatDuration(durationMs: number | null | undefined, absent = "–"): string {
  if (durationMs === null || durationMs === undefined || !Number.isFinite(durationMs)) return absent;
  const ms = Math.max(0, Math.round(durationMs));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${pad(seconds % 60)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

/** `1,234,567`. */
export function formatCount(value: number | null | undefined, absent = unknown): string {
  if (value === null || value === undefined) return absent;
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

const steps = [
  { from: 999_500_000, unit: 1_000_000_000, suffix: "B" },
  { from: 999_500, unit: 1_000_000, suffix: "M" },
  { from: 1000, unit: 1000, suffix: "k" },
];

/** Short: `950`, `1.2k`, `34k`, `5.6M`. */
export function formatCompact(value: number | null | undefined, absent = unknown): string {
  if (value === null || value === undefined) return absent;
  const step = steps.find(({ from }) => value >= from);
  if (!step) return String(Math.round(value));
  const scaled = value / step.unit;
  return `${scaled < 9.95 ? scaled.toFixed(1).replace(/\.0$/, "") : Math.round(scaled)}${step.suffix}`;
}

/** Input and output tokens in one: null only when both are unknown. */
export function totalTokens(usage: { inputTokens: number | null; outputTokens: number | null }): number | null {
  if (usage.inputTokens === null && usage.outputTokens === null) return null;
  return (usage.inputTokens ?? 0) + (usage.outputTokens ?? 0);
}

/** Micro-dollars as dollars: `$0`, `$0.000012`, `$0.0042`, `$0.120`, `$1.23`, `$1,234.50`. */
export function formatCost(costMicros: number | null | undefined, absent = unknown): string {
  if (costMicros === null || costMicros === undefined) return absent;
  if (costMicros === 0) return "$0";
  const dollars = costMicros / 1_000_000;
  if (Math.abs(dollars) >= 1) {
    const [whole, cents] = dollars.toFixed(2).split(".");
    return `$${formatCount(Number(whole))}.${cents}`;
  }
  if (Math.abs(dollars) >= 0.00995) return `$${dollars.toFixed(3)}`;
  return `$${Number(dollars.toPrecision(2)).toFixed(6).replace(/0+$/, "")}`;
}

/** `2026-11-21 01:52:40 UTC`: the same text everywhere, so safe to render on the server. */
export function formatTimestamp(iso: string | null | undefined, absent = "–"): string {
  if (!iso) return absent;
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return absent;
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `just now`, `12 s ago`, `5 min ago`, `3 h ago`, `4 d ago`, then the date; a time to come is `in 5 min`. */
export function formatRelative(iso: string, nowMs: number): string {
  const differenceMs = nowMs - Date.parse(iso);
  if (Number.isNaN(differenceMs)) return "–";
  const seconds = Math.round(Math.abs(differenceMs) / 1000);
  if (seconds < 3) return "just now";
  const amount =
    seconds < 60
      ? `${seconds} s`
      : seconds < 3600
        ? `${Math.floor(seconds / 60)} min`
        : seconds < 86_400
          ? `${Math.floor(seconds / 3600)} h`
          : seconds < 30 * 86_400
            ? `${Math.floor(seconds / 86_400)} d`
            : null;
  if (amount === null) return iso.slice(0, 10);
  return differenceMs < 0 ? `in ${amount}` : `${amount} ago`;
}

/** The start and the end of an id, for narrow places: `run_01k9…x7fq`. */
export function shortId(id: string, head = 8, tail = 4): string {
  return id.length <= head + tail + 1 ? id : `${id.slice(0, head)}…${id.slice(-tail)}`;
}
