/** Two steps whose bodies are not the same text, and how large these are together, in bytes. */
export type UnlikePair = { a: string; b: string; bytes: number };

/** The largest pair; larger ones are only reported as different. */
const maxPairBytes = 4 * 1024 * 1024;
/** At once. */
const maxGroupBytes = 8 * 1024 * 1024;
/** In all: seconds of work. */
const maxBytes = 64 * 1024 * 1024;

/**
 * Which bodies a comparison reads, in groups of which one is in memory at a time, and which it does not, because they are large or
 * there are too many: what stands first is read first. Pure.
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
