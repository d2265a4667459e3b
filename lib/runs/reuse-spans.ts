import type { Transaction } from "#/db/client.ts";
import { newId } from "#/lib/core/ids.ts";
import { takenOver, type PlaceNow, type ReusedSteps } from "./reused-steps.ts";
import type { RunRow } from "./run-store.ts";
import { insertReusedSpans, type SpanRow, unspent } from "./span-store.ts";
import { mappedStepKey } from "./step-key.ts";
import type { NodeNow } from "./step-tree.ts";

/**
 * Gives a new run the finished steps of its source that it does not execute again: rows that point to the source's
 * spans (through a chain of replays, to the first), without copies of bodies and without usage, since nothing is spent
 * again. What happened inside a step comes along, so that the record stays whole. Maps and items that are executed in
 * part get a row that has not begun, for what is inside of them to be in; an event says so.
 */
export async function reuseSpans(
  tx: Transaction,
  run: RunRow,
  source: { spans: readonly SpanRow[]; nodeNow: NodeNow },
  reused: ReusedSteps,
): Promise<void> {
  const kept = takenOver(reused, source.spans, source.nodeNow);
  if (kept.size === 0) return;
  const ids = new Map<string, string>();
  const placed = source.spans.flatMap((span) => {
    const nodeId = kept.get(span.id);
    if (nodeId !== undefined) return [{ span, at: { key: mappedStepKey(span.key, source.nodeNow), nodeId } }];
    const opened = reused.opened.get(span.id);
    return opened ? [{ span, at: opened }] : [];
  });
  for (const { span } of placed) ids.set(span.id, newId("span"));
  let rev = run.rev;
  const rows = placed.map(({ span, at }, index): SpanRow => {
    const place = {
      ...at,
      id: ids.get(span.id) ?? newId("span"),
      workspaceId: run.workspaceId,
      runId: run.id,
      parentId: span.parentId === null ? null : (ids.get(span.parentId) ?? null),
      seq: index + 1,
      startRev: ++rev,
      rev,
    };
    return kept.has(span.id) ? reusedRow(span, place) : notBegun(span, place);
  });
  await insertReusedSpans(tx, run, rows, rev);
}

type Place = PlaceNow & Pick<SpanRow, "id" | "workspaceId" | "runId" | "parentId" | "seq" | "startRev" | "rev">;

function reusedRow(span: SpanRow, place: Place): SpanRow {
  return {
    ...span,
    ...place,
    madeCall: false,
    ...unspent,
    effectVerdict: span.effectVerdict === null ? null : "reused",
    effectGrant: null,
    againstOriginal: null,
    reusedRun: span.reusedRun ?? span.runId,
    reusedSpan: span.reusedSpan ?? span.id,
  };
}

/** Without a start, until a worker begins it (span-store.ts). */
function notBegun({ kind, name }: SpanRow, place: Place): SpanRow {
  return {
    ...place,
    kind,
    name,
    status: "running",
    attempt: 1,
    startedAt: null,
    finishedAt: null,
    wakeAt: null,
    outputBytes: null,
    modelRef: null,
    answeredModel: null,
    promptArtifact: null,
    promptHash: null,
    madeCall: false,
    ...unspent,
    effectVerdict: null,
    mutating: false,
    effectWhy: null,
    effectGrant: null,
    callSignature: null,
    tool: null,
    againstOriginal: null,
    recordedRun: null,
    recordedSpan: null,
    reusedRun: null,
    reusedSpan: null,
    error: null,
  };
}
