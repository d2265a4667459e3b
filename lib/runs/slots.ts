import type { Session } from "./session.ts";

/** Makes a call in one of the run's slots; not any more when the run was stopped meanwhile. Throws Interrupted. */
export function inSlot<T>(session: Pick<Session, "calls" | "stop">, call: () => Promise<T>): Promise<T> {
  return session.calls.hold(() => {
    session.stop.signal.throwIfAborted();
    return call();
  });
}

/**
 * So much at once, in the order in which it was asked for. For calls that leave for the world, never for what waits for such
 * calls itself: that would wait for its own slot.
 */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(size: number) {
    this.#free = size;
  }

  /** Does the work as soon as there is a slot for it. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Handed on: whoever waits comes before whoever asks next.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
