/** Position in a list that is sorted by time and id: the last row that was shown. */
export type After = { createdAt: string; id: string };

/** One page of a list and where the next one starts; null = there is none. */
export type Slice<T> = { data: T[]; next: After | null };

/** Turns `limit + 1` rows into a page: the surplus row only says that there is more. */
export function sliceOf<Row extends { id: string; createdAt: Date }, T>(
  rows: Row[],
  limit: number,
  view: (row: Row) => T,
): Slice<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last ? { createdAt: last.createdAt.toISOString(), id: last.id } : null;
  return { data: shown.map(view), next };
}
