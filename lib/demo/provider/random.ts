import { createHash } from "node:crypto";

/** Draws that depend on nothing but the seed text: the same text gives the same sequence in every process. */
export type Random = {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  int(low: number, high: number): number;
  /** One of the values; the list must not be empty. */
  pick<Value>(values: readonly Value[]): Value;
};

/** A small fast generator (mulberry32) over the first 32 bits of the text's SHA-256. */
export function randomOf(seedText: string): Random {
  let state = createHash("sha256").update(seedText).digest().readUInt32LE(0);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return { next, int, pick: <Value>(values: readonly Value[]) => values[int(0, values.length - 1)] as Value };
}

/** `length` characters (at most 64) of the text's SHA-256 in lowercase hex, for ids that repeat with their request. */
export function hexOf(seedText: string, length: number): string {
  return createHash("sha256").update(seedText).digest("hex").slice(0, length);
}
