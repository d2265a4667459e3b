/** The most letters in which a name may differ from the suggested one; so their lengths differ by no more than that. */
const maxDistance = 2;

/** The candidate that looks most like the name (one or two letters, at most two in five, differ), or null. */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  let best: { name: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const most = Math.min(maxDistance, Math.max(name.length, candidate.length) * 0.4, (best?.distance ?? 3) - 1);
    if (Math.abs(candidate.length - name.length) > most) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), most);
    if (distance <= most) best = { name: candidate, distance };
  }
  return best?.name ?? null;
}

/** `; did you mean "x"?`, or nothing. */
export function suggestion(name: string, candidates: Iterable<string>): string {
  const nearest = name.length <= 100 ? nearestName(name, candidates) : null;
  return nearest === null ? "" : `; did you mean ${JSON.stringify(nearest)}?`;
}

/** Levenshtein distance; if it exceeds `most`, some number above that, found sooner. */
export function editDistance(left: string, right: string, most = Number.POSITIVE_INFINITY): number {
  const row = Uint32Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    let diagonal = i - 1;
    let least = i;
    row[0] = i;
    for (let j = 1; j <= right.length; j++) {
      const above = row[j] ?? 0;
      const substitution = diagonal + (left[i - 1] === right[j - 1] ? 0 : 1);
      const distance = Math.min(substitution, above + 1, (row[j - 1] ?? 0) + 1);
      row[j] = distance;
      least = Math.min(least, distance);
      diagonal = above;
    }
    if (least > most) return least;
  }
  return row[right.length] ?? 0;
}
