/** Words for values, as people read them; unknown is "-". */
export const unknown = "-";

/** `850 ms`, `12.3 s`, `4 m 05 s`, `2 h 03 m`. */
export function formatDuration(ms: number | null): string {
  if (ms === null) return unknown;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} m`;
}

/** Micro-dollars as dollars, to the last digit that matters. */
export function formatCost(micros: number | null): string {
  if (micros === null) return unknown;
  const dollars = micros / 1_000_000;
  return `$${micros !== 0 && Math.abs(dollars) < 1 ? dollars.toFixed(6).replace(/0{1,4}$/, "") : dollars.toFixed(2)}`;
}

/** RFC 3339 to the second, in UTC. */
export function formatTime(time: string | null): string {
  return time === null ? unknown : `${time.slice(0, 10)} ${time.slice(11, 19)}Z`;
}

export function formatCount(value: number | null): string {
  return value === null ? unknown : String(value);
}

/** `failed (timed_out)`. */
export function formatStatus(run: { status: string; statusReason: string | null }): string {
  return run.statusReason === null ? run.status : `${run.status} (${run.statusReason})`;
}
