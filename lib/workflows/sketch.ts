/** The smallest hashes of a set's elements, sorted, up to a limit: what is kept of a large set to compare it by. */
export type Sketch = Uint32Array;

const mostKept = 32;

/** The sketch of these elements; one that comes twice counts once. */
export function sketch(elements: readonly string[]): Sketch {
  return Uint32Array.from(new Set(elements.map(hash)))
    .sort()
    .slice(0, mostKept);
}

/**
 * The share of common elements, from 0 to 1; two empty sets are alike. It is exact for sets with fewer than 32
 * elements; for larger ones it is an estimate by the smallest hashes of both together (bottom-k), which costs the same
 * whatever their size.
 */
export function overlap(left: Sketch, right: Sketch): number {
  const [lefts, rights] = [left.length, right.length];
  if (lefts === 0 || rights === 0) return lefts === rights ? 1 : 0;
  const most = lefts < mostKept && rights < mostKept ? lefts + rights : mostKept;
  let i = 0;
  let j = 0;
  let common = 0;
  let seen = 0;
  for (; seen < most && i < lefts && j < rights; seen++) {
    const a = left[i] ?? 0;
    const b = right[j] ?? 0;
    if (a <= b) i++;
    if (b <= a) j++;
    if (a === b) common++;
  }
  // What is left of one of them is not in the other.
  return common / Math.min(most, seen + lefts - i + rights - j);
}

/** FNV-1a, with its bits mixed once more: only the order of the hashes matters, so it must not follow that of the texts. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
