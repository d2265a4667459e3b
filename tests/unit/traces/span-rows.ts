import type { SpanRow } from "#/lib/traces/span-row.ts";

const noTokens = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

/** A plain completed span; `id` doubles as key and name. */
export function spanRow(id: string, parentId: string | null = null, change: Partial<SpanRow> = {}): SpanRow {
  return {
    id,
    parentId,
    key: id,
    kind: "transform",
    nodeId: id,
    name: id,
    status: "completed",
    startedAt: new Date(1000),
    finishedAt: new Date(1500),
    attempt: 1,
    modelRef: null,
    ...noTokens,
    costMicros: null,
    madeCall: false,
    effectVerdict: null,
    mutating: false,
    reusedFromSpan: null,
    seq: 0,
    ...change,
  };
}

/** A span that called a model. */
export function modelCall(
  id: string,
  parentId: string | null,
  costMicros: number | null,
  change: Partial<SpanRow> = {},
): SpanRow {
  return spanRow(id, parentId, {
    kind: "model_call",
    modelRef: "anthropic:m",
    madeCall: true,
    inputTokens: 10,
    outputTokens: 1,
    cacheReadTokens: 2,
    cacheWriteTokens: 3,
    reasoningTokens: 0,
    costMicros,
    ...change,
  });
}

/** Deterministic numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
