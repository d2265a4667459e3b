import { mayComeBack } from "./error.ts";
import { sleep } from "./sleep.ts";
import type { CallOptions } from "./transport.ts";

export type PollOptions<T> = {
  /** Between polls, in milliseconds (1000). */
  intervalMs?: number;
  /** Throws `wait_timed_out` after this many milliseconds; without it, waits indefinitely. */
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Called with what each poll read, the last one included. */
  onPoll?: (now: T) => void;
};

/** How long the service may be away once it has answered, as where events are followed. */
const reconnectForMs = 300_000;

/**
 * Reads until `isDone`, and returns what was read then; `late` makes the error that is thrown after `timeoutMs`. Once
 * something was read, a service that is away is asked again for five minutes.
 */
export async function pollUntil<T>(
  read: (call: CallOptions) => Promise<T>,
  isDone: (value: T) => boolean,
  late: (value: T) => Error,
  { intervalMs = 1000, timeoutMs = Infinity, signal, onPoll }: PollOptions<T>,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  const call = signal ? { signal } : {};
  let known: { value: T; at: number } | null = null;
  for (;;) {
    const answer: { value: T } | null = await read(call).then(
      (value) => ({ value }),
      (error: unknown) => {
        if (known === null || Date.now() - known.at > reconnectForMs || !mayComeBack(error)) throw error;
        return null;
      },
    );
    if (answer) {
      known = { value: answer.value, at: Date.now() };
      onPoll?.(answer.value);
      if (isDone(answer.value)) return answer.value;
    }
    const leftMs = deadline - Date.now();
    if (leftMs <= 0 && known) throw late(known.value);
    await sleep(Math.min(intervalMs, Math.max(0, leftMs)), signal);
  }
}
