import { and, eq, lt, or, type Column, type SQL } from "drizzle-orm";

/**
 * What comes after a row in a list that is sorted by time and id, newest first; undefined (no condition) for the
 * first page. `after` is the last row that was shown, its time as ISO 8601.
 */
export function behindRow(
  columns: { createdAt: Column; id: Column },
  after: { createdAt: string; id: string } | null,
): SQL | undefined {
  if (after === null) return undefined;
  const { createdAt, id } = columns;
  const at = new Date(after.createdAt);
  return or(lt(createdAt, at), and(eq(createdAt, at), lt(id, after.id)));
}
