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

/** Something of each owner's own, made at first use and kept as long as somebody uses it, and `keptMs` longer. */
export class OfOwners<T> {
  readonly #owners = new Map<string, { own: T; users: number }>();
  readonly #make: () => T;
  readonly #keptMs: number;

  constructor(make: () => T, keptMs = 0) {
    this.#make = make;
    this.#keptMs = keptMs;
  }

  /** Does the work with what is the owner's. */
  async use<R>(owner: string, work: (own: T) => Promise<R>): Promise<R> {
    const used = this.#owners.get(owner) ?? { own: this.#make(), users: 0 };
    this.#owners.set(owner, used);
    used.users++;
    try {
      return await work(used.own);
    } finally {
      if (this.#keptMs === 0) this.#leave(owner, used);
      else setTimeout(() => this.#leave(owner, used), this.#keptMs).unref();
    }
  }

  #leave(owner: string, used: { users: number }): void {
    if (--used.users === 0) this.#owners.delete(owner);
  }
}
