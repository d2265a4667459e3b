import type { AttemptView, EffectView, SpanDetail, Step, Usage } from "#/lib/contract/run.ts";
import { nodeTypes, type NodeType } from "#/lib/contract/status.ts";
import { maskJsonUrls } from "./redact.ts";
import type { SpanBodyRow, SpanRow } from "./span-store.ts";

/** Is this span a step, and not work inside one? */
export function isStep(row: Pick<SpanRow, "kind">): boolean {
  return (nodeTypes as readonly string[]).includes(row.kind);
}

/** Usage and cost of a span and what it called; null tokens where nothing was called or nothing is known. */
function sumUsage(rows: readonly SpanRow[]): { usage: Usage | null; costMicros: number | null } {
  const calls = rows.filter((row) => row.madeCall);
  if (calls.length === 0) return { usage: null, costMicros: null };
  const sum = (field: keyof Usage | "costMicros", strict: boolean) => {
    const values = calls.map((row) => row[field]);
    if (strict && values.includes(null)) return null;
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
  };
  const usage: Usage = {
    inputTokens: sum("inputTokens", false),
    outputTokens: sum("outputTokens", false),
    cacheReadTokens: sum("cacheReadTokens", false),
    cacheWriteTokens: sum("cacheWriteTokens", false),
    reasoningTokens: sum("reasoningTokens", false),
  };
  return { usage, costMicros: sum("costMicros", true) };
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

function stepFields(row: SpanRow, inside: readonly SpanRow[]) {
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
    answeredModel: answeredModel(row, inside),
    promptHash: row.promptHash,
    ...sumUsage([row, ...inside]),
  };
}

/** Of an agent: the model that answered its last turn. */
function answeredModel(row: SpanRow, inside: readonly SpanRow[]): string | null {
  return row.answeredModel ?? inside.findLast((span) => span.answeredModel !== null)?.answeredModel ?? null;
}

/** A step with its attempts: those that have rows of their own, or the single one that the step itself is. */
export function stepView(row: SpanRow, inside: readonly SpanRow[]): Step {
  const attempts = inside.filter((span) => span.kind === "attempt" && span.parentId === row.id).map(attemptView);
  const own = row.status === "skipped" || row.reusedSpan !== null ? [] : [attemptView(row)];
  return { ...stepFields(row, inside), attempts: attempts.length > 0 ? attempts : own };
}

function attemptView(row: SpanRow): AttemptView {
  return {
    attempt: row.attempt,
    status: row.status,
    error: row.error,
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

export function spanView(row: SpanRow, inside: readonly SpanRow[], body: SpanBodyRow | null): SpanDetail {
  return {
    ...stepFields(row, inside),
    id: row.id,
    parentId: row.parentId,
    kind: row.kind,
    name: row.name,
    attempt: row.attempt,
    durationMs: row.startedAt && row.finishedAt ? row.finishedAt.getTime() - row.startedAt.getTime() : null,
    input: body?.input ?? null,
    // Kept as it is for the steps behind; shown without the credentials in its URLs.
    output: maskJsonUrls(body?.output ?? null),
    error: row.error,
    attributes: body?.attributes ?? {},
    // A completed span always has a body of its own.
    bodyKept: row.reusedSpan === null || row.status !== "completed" || body !== null,
  };
}
