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

/** Slots of each owner's own, kept as long as somebody uses them. */
export class SlotsOfOwners {
  readonly #owners = new Map<string, { slots: Slots; users: number }>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  /** Does the work as soon as the owner has a slot for it. */
  async hold<T>(owner: string, work: () => Promise<T>): Promise<T> {
    const own = this.#owners.get(owner) ?? { slots: new Slots(this.#size), users: 0 };
    this.#owners.set(owner, own);
    own.users++;
    try {
      return await own.slots.hold(work);
    } finally {
      if (--own.users === 0) this.#owners.delete(owner);
    }
  }
}
