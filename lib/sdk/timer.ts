// The SDK stands alone, so this is not the service's `core/timer.ts`.

/** The longest wait that a JavaScript timer supports, in ms (24.8 days): a longer one would end at once. */
const longestTimerMs = 2_147_483_647;

/** A wait in ms that a timer accepts: any number from 0 up, capped at the longest possible wait. */
export function timerMs(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), longestTimerMs);
}

/** A signal that aborts after this many ms; `Infinity` is no limit. Throws RangeError for anything that is not a number. */
export function abortAfter(ms: number): AbortSignal {
  return ms === Infinity ? new AbortController().signal : AbortSignal.timeout(timerMs(ms));
}
