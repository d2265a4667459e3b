import type { EffectVerdict, SpanStatus } from "#/lib/contract/status.ts";
import { isStepKind } from "#/lib/contract/status.ts";
import { kindAt, shownEffect, statusAt, type TraceColumns } from "./trace-columns.ts";

/** What the run did at a node: the steps of a node in a loop are summed up. */
export type NodeState = {
  status: SpanStatus;
  /** Steps of this node. */
  count: number;
  /** The step to show: the first that has the node's status. */
  row: number;
  /** Sum over its steps; null while none has ended. */
  durationMs: number | null;
  effect: EffectVerdict | null;
};

/** The most urgent wins: a failure in one of a thousand steps is the node's status. */
const rank: Record<SpanStatus, number> = { failed: 5, running: 4, waiting: 3, cancelled: 2, completed: 1, skipped: 0 };
const effectRank: Record<EffectVerdict, number> = {
  live: 6,
  blocked: 5,
  refused: 4,
  dry_run_simulated: 3,
  dry_run_recorded: 2,
  reused: 1,
};
/** States by node id in one pass; a node that is not in the map has not begun. Pure. */
export function nodeStates(trace: TraceColumns): Map<string, NodeState> {
  const states = new Map<string, NodeState>();
  for (let row = 0; row < trace.count; row++) {
    const id = trace.nodeIds[trace.node[row] ?? -1];
    if (id === undefined) continue;
    const known = states.get(id);
    const effect = shownEffect(trace, row);
    // A call that an agent made is its node's effect too.
    if (known && effect && effectRank[effect] > (known.effect ? effectRank[known.effect] : 0)) known.effect = effect;
    if (!isStepKind(kindAt(trace, row))) continue;
    const status = statusAt(trace, row);
    const duration = trace.durationMs[row] ?? -1;
    if (!known) {
      states.set(id, { status, count: 1, row, durationMs: duration < 0 ? null : duration, effect });
      continue;
    }
    known.count += 1;
    if (duration >= 0) known.durationMs = (known.durationMs ?? 0) + duration;
    if (rank[status] <= rank[known.status]) continue;
    known.status = status;
    known.row = row;
  }
  return states;
}

/** The node of the step that a row belongs to, however deep it stands. */
export function nodeOf(trace: TraceColumns, row: number): string | null {
  for (let at = row; at >= 0; at = trace.parent[at] ?? -1)
    if (isStepKind(kindAt(trace, at))) return trace.nodeIds[trace.node[at] ?? -1] ?? null;
  return null;
}
