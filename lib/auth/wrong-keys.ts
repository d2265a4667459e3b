const windowMs = 60_000;
/** Wrong keys from one address in a minute before it is told to wait: different ones, and all together. */
const limits = { different: 30, all: 300 } as const;
/** Addresses that are remembered; beyond that, the oldest is forgotten. */
const mostAddresses = 10_000;

type Count = { endsAt: number; all: number; different: Set<string> };

/**
 * Counts wrong API keys by the address they come from, for one process: a key has 256 random bits, so that this slows a
 * flood rather than guards a secret, and needs no database. A right key never asks here.
 */
export function wrongKeys() {
  const counts = new Map<string, Count>();
  return {
    /** Counts one wrong key (by its hash) at a time in ms; returns how long the address must wait (ms; 0 = not at all). */
    note(address: string, keyHash: string, atMs: number): number {
      const known = counts.get(address);
      const count =
        known && known.endsAt > atMs ? known : { endsAt: atMs + windowMs, all: 0, different: new Set<string>() };
      if (count !== known) {
        counts.delete(address);
        counts.set(address, count);
      }
      count.all += 1;
      if (count.different.size <= limits.different) count.different.add(keyHash);
      const [first] = counts.keys();
      if (counts.size > mostAddresses && first !== undefined) counts.delete(first);
      return count.all > limits.all || count.different.size > limits.different ? count.endsAt - atMs : 0;
    },
  };
}
