/** The rows of an answer; those that did not change keep their identity, so that they are not drawn again. Pure. */
export function mergeRows<Row extends { id: string }>(current: Row[], answer: Row[]): Row[] {
  const before = new Map(current.map((row) => [row.id, row]));
  const next = answer.map((row) => {
    const old = before.get(row.id);
    return old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
  });
  const isSame = next.length === current.length && next.every((row, index) => row === current[index]);
  return isSame ? current : next;
}

/**
 * A later page begins with its anchor: rows that are newer, or of the same time and sorted before it, are not on it.
 * Pure.
 */
export function notBefore<Row extends { id: string; createdAt: string }>(rows: Row[], anchor: Row): Row[] {
  return rows.filter(
    (row) => row.createdAt < anchor.createdAt || (row.createdAt === anchor.createdAt && row.id <= anchor.id),
  );
}
