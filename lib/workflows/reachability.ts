/** Do the edges lead from one id to the other, however long the path? To itself only when it lies on a cycle. */
export type Reachability = (from: string, to: string) => boolean;

/**
 * Who leads to whom, worked out for each id when it is first asked about. The time depends on the number of ids, one
 * bit each, not on the number of edges: a thousand nodes may have a hundred thousand.
 */
export function reachability(edges: ReadonlyMap<string, readonly string[]>): Reachability {
  const known = new Map<string, Uint32Array>();
  let made: ReturnType<typeof bitRows> | null = null;
  return (from, to) => {
    const { indexes, rows } = (made ??= bitRows(edges));
    const [start, end] = [indexes.get(from), indexes.get(to)];
    if (start === undefined || end === undefined) return false;
    const found = known.get(from) ?? spread(rows, start);
    known.set(from, found);
    return ((found[end >> 5] ?? 0) & bit(end)) !== 0;
  };
}

/** For each id, sources first, one bit for every id that it has an edge to. */
function bitRows(edges: ReadonlyMap<string, readonly string[]>) {
  const indexes = new Map<string, number>([...edges.keys()].map((id, index) => [id, index]));
  for (const targets of edges.values()) for (const id of targets) if (!indexes.has(id)) indexes.set(id, indexes.size);
  const rows = Array.from(edges.values(), (targets) => {
    const row = new Uint32Array((indexes.size + 31) >> 5);
    for (const id of targets) {
      const index = indexes.get(id) ?? 0;
      row[index >> 5] = (row[index >> 5] ?? 0) | bit(index);
    }
    return row;
  });
  return { indexes, rows };
}

/** All that the rows lead to from one of them. */
function spread(rows: readonly Uint32Array[], start: number): Uint32Array {
  const found = new Uint32Array(rows[start]?.length ?? 0);
  const open = [start];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    // An id without edges of its own has no row.
    const row = rows[next] ?? [];
    for (let word = 0; word < row.length; word++) {
      let fresh = (row[word] ?? 0) & ~(found[word] ?? 0);
      found[word] = (found[word] ?? 0) | fresh;
      for (; fresh !== 0; fresh &= fresh - 1) open.push(word * 32 + 31 - Math.clz32(fresh & -fresh));
    }
  }
  return found;
}

function bit(index: number): number {
  return 1 << (index & 31);
}
