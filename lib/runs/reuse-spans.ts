import type { Transaction } from "#/db/client.ts";
import { newId } from "#/lib/core/ids.ts";
import { mappedNodeId, type RunOverrides } from "./overrides.ts";
import type { RunRow } from "./run-store.ts";
import { isEnded } from "./span-record.ts";
import { insertReusedSpans, type SpanRow, unspent } from "./span-store.ts";
import { mappedStepKey } from "./step-key.ts";

/**
 * Gives a new run the finished steps of its source that it does not execute again: rows that point to the source's
 * spans (through a chain of replays, to the first), without copies of bodies and without usage, since nothing is spent
 * again. What happened inside a step comes along, so that the record stays whole.
 */
export async function reuseSpans(
  tx: Transaction,
  run: RunRow,
  source: readonly SpanRow[],
  nodes: ReadonlySet<string>,
  overrides: RunOverrides,
): Promise<void> {
  if (nodes.size === 0) return;
  const ids = new Map<string, string>();
  const kept = recordOf(source, nodes, overrides);
  for (const span of kept) ids.set(span.id, newId("span"));
  let rev = run.rev;
  const rows = kept.map((span, index) => {
    const nodeId = mappedNodeId(span.nodeId, overrides) ?? span.nodeId;
    return {
      ...span,
      id: ids.get(span.id) ?? newId("span"),
      runId: run.id,
      parentId: span.parentId === null ? null : (ids.get(span.parentId) ?? null),
      nodeId,
      key: mappedStepKey(span.key, (id) => mappedNodeId(id, overrides)),
      seq: index + 1,
      startRev: ++rev,
      rev: rev,
      madeCall: false,
      ...unspent,
      effectVerdict: span.effectVerdict === null ? null : ("reused" as const),
      effectGrant: null,
      againstOriginal: null,
      recordedRun: span.recordedRun,
      recordedSpan: span.recordedSpan,
      reusedRun: span.reusedRun ?? span.runId,
      reusedSpan: span.reusedSpan ?? span.id,
    };
  });
  await insertReusedSpans(tx, run, rows, rev);
}

/** What the kept nodes did. Where a mapping leads two nodes to one, the first that began stands for it. */
function recordOf(source: readonly SpanRow[], nodes: ReadonlySet<string>, overrides: RunOverrides): SpanRow[] {
  const standsFor = new Map<string, string>();
  return source.filter((span) => {
    const target = mappedNodeId(span.nodeId, overrides);
    if (target === null || !nodes.has(target) || !isEnded(span.status)) return false;
    const first = standsFor.get(target) ?? span.nodeId;
    standsFor.set(target, first);
    return first === span.nodeId;
  });
}
