import { sleep } from "./sleep.ts";
import type { CallOptions } from "./transport.ts";

export type PollOptions = {
  /** Between polls, in milliseconds (1000). */
  intervalMs?: number;
  /** Throws `wait_timed_out` after this many milliseconds; without it, waits indefinitely. */
  timeoutMs?: number;
  signal?: AbortSignal;
};

/** Reads until `isDone`, and returns what was read then; `late` makes the error that is thrown after `timeoutMs`. */
export async function pollUntil<T>(
  read: (call: CallOptions) => Promise<T>,
  isDone: (value: T) => boolean,
  late: (value: T) => Error,
  { intervalMs = 1000, timeoutMs = Infinity, signal }: PollOptions,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await read(signal ? { signal } : {});
    if (isDone(value)) return value;
    const leftMs = deadline - Date.now();
    if (leftMs <= 0) throw late(value);
    await sleep(Math.min(intervalMs, leftMs), signal);
  }
}
