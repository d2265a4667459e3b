/**
 * Limits how much runs at once, in the order of asking. Never for work that itself waits for one of these slots: it
 * would wait for itself.
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
      // Passed on: whoever waits comes before whoever asks next.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
