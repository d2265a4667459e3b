type Waiting = { owner: string; bytes: number; enter: () => void };

/**
 * Room for things of different sizes that are held at the same time: `total` bytes in all, and `share` of each owner, in
 * the order of asking. Something larger gets in alone.
 */
export class ByteRoom {
  readonly #total: number;
  readonly #share: number;
  readonly #held = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #used = 0;

  constructor(total: number, share: number) {
    this.#total = total;
    this.#share = share;
  }

  /** Does the work as soon as there is room for `bytes` of `owner`, and holds it until the work is over. */
  async hold<T>(owner: string, bytes: number, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ owner, bytes, enter });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#add(owner, -bytes);
      this.#admit();
    }
  }

  /** Whoever is over their own share lets others pass; one for whom there is no room in all holds those behind. */
  #admit(): void {
    for (const next of [...this.#waiting]) {
      const own = this.#held.get(next.owner) ?? 0;
      if (own > 0 && own + next.bytes > this.#share) continue;
      if (this.#used > 0 && this.#used + next.bytes > this.#total) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
      this.#add(next.owner, next.bytes);
      next.enter();
    }
  }

  #add(owner: string, bytes: number): void {
    this.#used += bytes;
    const own = (this.#held.get(owner) ?? 0) + bytes;
    if (own > 0) this.#held.set(owner, own);
    else this.#held.delete(owner);
  }
}
