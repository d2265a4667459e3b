import { TraceSkeleton } from "#/lib/contract/trace.ts";

/** A tree with the given depths, in pre-order: `s0`, `s1`, … */
export function skeletonOf(depths: number[]): TraceSkeleton {
  const parentOf = (row: number) => depths.slice(0, row).lastIndexOf((depths[row] ?? 0) - 1);
  const sizeOf = (row: number) => {
    const end = depths.findIndex((depth, at) => at > row && depth <= (depths[row] ?? 0));
    return (end === -1 ? depths.length : end) - row;
  };
  const each = <T>(value: (row: number) => T) => depths.map((_, row) => value(row));
  return TraceSkeleton.parse({
    runId: "run_1",
    status: "completed",
    rev: 7,
    startedAtMs: 5,
    count: depths.length,
    names: ["first", "ä".repeat(50)],
    nodeIds: ["node"],
    models: ["m"],
    columns: {
      id: each((row) => `s${row}`),
      parent: each(parentOf),
      depth: depths,
      size: each(sizeOf),
      kind: each(() => "tool"),
      name: each((row) => row % 2),
      node: each((row) => (row === 0 ? 0 : -1)),
      key: each((row) => `k${row}`),
      status: each(() => "completed"),
      startMs: each(() => 1),
      durationMs: each((row) => (row === 0 ? -1 : 2)),
      attempt: each(() => 1),
      model: each((row) => (row === 1 ? 0 : -1)),
      inputTokens: each(() => null),
      outputTokens: each(() => 3),
      costMicros: each(() => null),
      effect: each(() => null),
      mutating: each(() => false),
      reused: each(() => false),
    },
    next: null,
  });
}
