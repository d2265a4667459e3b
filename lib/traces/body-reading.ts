/** Two steps whose bodies differ as text, and the size of these together, in bytes. */
export type UnlikePair = { a: string; b: string; bytes: number };

/** The largest pair that is read, in bytes; a larger one is only reported as different. */
const maxPairBytes = 4 * 1024 * 1024;
/** Bytes in memory at once. */
const maxGroupBytes = 8 * 1024 * 1024;
/** Bytes in total: seconds of work. */
const maxBytes = 64 * 1024 * 1024;

/**
 * Which bodies a comparison reads, in groups of which one is in memory at a time, and which it does not read because
 * they are large or too many. What comes first is read first. Pure.
 */
export function planReading<Pair extends UnlikePair>(pairs: readonly Pair[]): { groups: Pair[][]; unread: Pair[] } {
  const groups: Pair[][] = [];
  const unread: Pair[] = [];
  let [inGroup, inAll] = [0, 0];
  for (const pair of pairs) {
    if (pair.bytes > maxPairBytes || inAll + pair.bytes > maxBytes) {
      unread.push(pair);
      continue;
    }
    const group = groups.at(-1);
    if (group && inGroup + pair.bytes <= maxGroupBytes) group.push(pair);
    else groups.push([pair]);
    inGroup = (groups.at(-1)?.length === 1 ? 0 : inGroup) + pair.bytes;
    inAll += pair.bytes;
  }
  return { groups, unread };
}
