// The SDK stands alone, so this is not the service's `core/timer.ts`.

/** The longest wait that a timer of JavaScript knows, in ms (24.8 days): a longer one would end at once. */
const longestTimerMs = 2_147_483_647;

/** A wait in ms as a timer takes it: any number from 0 up, what is longer than a timer can wait is cut to that. */
export function timerMs(ms: number): number {
  return Math.min(Math.max(0, Math.ceil(ms)), longestTimerMs);
}

/** A signal that aborts after so many ms; `Infinity` is no limit. Throws RangeError for what is no number. */
export function abortAfter(ms: number): AbortSignal {
  return ms === Infinity ? new AbortController().signal : AbortSignal.timeout(timerMs(ms));
}
