import type { AttemptView, EffectView, SpanDetail, Step, Usage } from "#/lib/contract/run.ts";
import { isStepKind, type NodeType } from "#/lib/contract/status.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { Totals } from "./below-store.ts";
import { maskJsonUrls } from "./redact.ts";
import type { SpanBodyRow, SpanRow } from "./span-store.ts";

/** Is this span a step, and not work inside one? */
export function isStep(row: Pick<SpanRow, "kind">): boolean {
  return isStepKind(row.kind);
}

/** Null tokens where nothing was called or nothing is known. */
function usageOf(totals: Totals | null): { usage: Usage | null; costMicros: number | null } {
  if (totals === null || totals.calls === 0) return { usage: null, costMicros: null };
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, costMicros } = totals;
  return {
    usage: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens },
    costMicros,
  };
}

export function effectView(row: SpanRow): EffectView | null {
  if (row.effectVerdict === null) return null;
  return {
    verdict: row.effectVerdict,
    mutating: row.mutating,
    why: row.effectWhy ?? "",
    grant: row.effectGrant,
    recordedFrom: row.recordedRun && row.recordedSpan ? { runId: row.recordedRun, spanId: row.recordedSpan } : null,
  };
}

/** An agent is answered by the model that answered its last turn. */
function stepFields(row: SpanRow, totals: Totals | null) {
  return {
    nodeId: row.nodeId,
    key: row.key,
    spanId: row.id,
    type: isStep(row) ? (row.kind as NodeType) : null,
    status: row.status,
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    effect: effectView(row),
    reusedFrom: row.reusedRun && row.reusedSpan ? { runId: row.reusedRun, spanId: row.reusedSpan } : null,
    modelRef: row.modelRef,
    answeredModel: row.answeredModel ?? totals?.answeredModel ?? null,
    promptHash: row.promptHash,
    ...usageOf(totals),
  };
}

/**
 * A step with its attempts: those that have rows of their own, or the single one that the step itself is. `output` is
 * the step's, undefined where it is not at hand.
 */
export function stepView(
  row: SpanRow,
  totals: Totals | null,
  attempts: readonly SpanRow[],
  output: Json | undefined,
): Step {
  const own = row.status === "skipped" || row.reusedSpan !== null ? [] : [row];
  const shown = output === undefined ? undefined : maskJsonUrls(output);
  return {
    ...stepFields(row, totals),
    error: row.error,
    attempts: (attempts.length > 0 ? attempts : own).map((attempt) => attemptView(attempt, shown)),
  };
}

/** Only the attempt that succeeded put out what its step did. */
function attemptView(row: SpanRow, output: Json | undefined): AttemptView {
  const succeeded = row.status === "completed";
  return {
    id: row.id,
    attempt: row.attempt,
    status: row.status,
    error: row.error,
    output: (succeeded ? output : null) ?? null,
    outputOmitted: succeeded && output === undefined,
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

export function spanView(row: SpanRow, totals: Totals | null, body: SpanBodyRow | null): SpanDetail {
  return {
    ...stepFields(row, totals),
    id: row.id,
    parentId: row.parentId,
    kind: row.kind,
    name: row.name,
    attempt: row.attempt,
    durationMs: row.startedAt && row.finishedAt ? row.finishedAt.getTime() - row.startedAt.getTime() : null,
    input: body?.input ?? null,
    // Stored as it is for later steps; shown without the credentials in its URLs.
    output: maskJsonUrls(body?.output ?? null),
    error: row.error,
    attributes: body?.attributes ?? {},
    // A completed span always has a body of its own.
    bodyKept: row.reusedSpan === null || row.status !== "completed" || body !== null,
  };
}
