/** Failed sign-ins allowed in 15 minutes, before the answer is "later" without looking at the password. */
const windowMs = 15 * 60_000;
const limits = { pair: 10, email: 50, address: 100 } as const;
const maxKept = 20_000;

type Tries = { count: number; until: number };

/**
 * Counts failed sign-ins by email and address together, by email and by address. Kept in this process's memory: with n
 * web processes the limits are at most n times as high, and the password's cost (scrypt) bounds what is left.
 */
export class SignInThrottle {
  readonly #tries = new Map<string, Tries>();

  /** Milliseconds to wait before the next try is looked at; 0 = now. */
  waitMs(email: string, address: string, nowMs: number): number {
    const waits = keysOf(email, address).map(({ key, limit }) => {
      const tries = this.#tries.get(key);
      return tries && tries.until > nowMs && tries.count >= limit ? tries.until - nowMs : 0;
    });
    return Math.max(...waits);
  }

  failed(email: string, address: string, nowMs: number): void {
    for (const { key } of keysOf(email, address)) {
      const tries = this.#tries.get(key);
      if (tries && tries.until > nowMs) tries.count += 1;
      else this.#add(key, { count: 1, until: nowMs + windowMs }, nowMs);
    }
  }

  /** A success clears what this person, at this address, had failed; not what others try with the email. */
  succeeded(email: string, address: string): void {
    this.#tries.delete(`pair ${email} ${address}`);
  }

  /** Oldest first out when full: insertion order is the order of expiry. */
  #add(key: string, tries: Tries, nowMs: number): void {
    this.#tries.delete(key);
    for (const [oldest, { until }] of this.#tries) {
      if (until > nowMs && this.#tries.size < maxKept) break;
      this.#tries.delete(oldest);
    }
    this.#tries.set(key, tries);
  }
}

function keysOf(email: string, address: string) {
  return [
    { key: `pair ${email} ${address}`, limit: limits.pair },
    { key: `email ${email}`, limit: limits.email },
    { key: `address ${address}`, limit: limits.address },
  ];
}
