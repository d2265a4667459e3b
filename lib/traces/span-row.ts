import type { EffectVerdict, SpanKind, SpanStatus } from "#/lib/contract/status.ts";

/** The narrow half of a span, as the pure trace functions read it. Token fields count only where `madeCall` is true. */
export type SpanRow = {
  id: string;
  parentId: string | null;
  key: string;
  kind: SpanKind;
  nodeId: string;
  name: string;
  status: SpanStatus;
  startedAt: Date | null;
  finishedAt: Date | null;
  attempt: number;
  modelRef: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  cacheReadTokens: number | null;
  cacheWriteTokens: number | null;
  reasoningTokens: number | null;
  costMicros: number | null;
  /** True where this span itself called a model. */
  madeCall: boolean;
  effectVerdict: EffectVerdict | null;
  mutating: boolean;
  /** In a replay, what the original run did instead of this call. */
  againstOriginal?: "same" | "other_arguments" | "never" | null;
  /** The span whose result this one reuses; it then did no work of its own. */
  reusedFromSpan: string | null;
  /** Order of creation within the run. */
  seq: number;
};

/** Whether this span's tokens and cost belong to this run: a reused result was paid for by the run that made it. */
export function countsUsage(row: Pick<SpanRow, "madeCall" | "reusedFromSpan">): boolean {
  return row.madeCall && row.reusedFromSpan === null;
}
