/**
 * How long a provider asks us to wait, in milliseconds from `now`: `retry-after-ms`, else `Retry-After` in seconds or
 * as a date (RFC 9110 10.2.3). null when it does not say, or says anything else.
 */
export function retryAfterMs(headers: Headers, now: Date): number | null {
  const precise = wholeMs(headers.get("retry-after-ms"), 1);
  if (precise !== null) return precise;
  const value = headers.get("retry-after");
  const seconds = wholeMs(value, 1000);
  if (seconds !== null || value === null) return seconds;
  // Date.parse takes almost anything for a date, even "-5"; HTTP dates begin with the day's name.
  const date = /^[A-Z][a-z]+,? /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}

function wholeMs(value: string | null, unitMs: number): number | null {
  if (value === null || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return null;
  return Math.ceil(Number(value) * unitMs);
}
