import type { EffectsSummary, Usage } from "#/lib/contract/run.ts";
import { countsUsage, type SpanRow } from "./span-row.ts";

export type RunTotals = { usage: Usage; costMicros: number | null; effects: EffectsSummary; modelCalls: number };

const usageFields = ["inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens", "reasoningTokens"] as const;

/**
 * Totals of a run over its spans. A sum is null as soon as one model call does not know its number; a run without model
 * calls has used exactly 0. Cost is in micro-dollars.
 */
export function runTotals(rows: Iterable<SpanRow>): RunTotals {
  const usage: Usage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
  const effects = noEffects();
  let costMicros: number | null = 0;
  let modelCalls = 0;
  for (const row of rows) {
    countEffect(effects, row);
    if (!countsUsage(row)) continue;
    modelCalls += 1;
    costMicros = plus(costMicros, row.costMicros);
    for (const field of usageFields) usage[field] = plus(usage[field], row[field]);
  }
  return { usage, costMicros, effects, modelCalls };
}

function plus(sum: number | null, value: number | null): number | null {
  return sum === null || value === null ? null : sum + value;
}

function noEffects(): EffectsSummary {
  return {
    live: 0,
    dryRunRecorded: 0,
    dryRunSimulated: 0,
    blocked: 0,
    reused: 0,
    neverMadeByOriginal: 0,
    otherArguments: 0,
  };
}

const verdictFields = {
  live: "live",
  dry_run_recorded: "dryRunRecorded",
  dry_run_simulated: "dryRunSimulated",
  blocked: "blocked",
  reused: "reused",
} as const;

function countEffect(effects: EffectsSummary, row: SpanRow): void {
  if (row.effectVerdict !== null) effects[verdictFields[row.effectVerdict]] += 1;
  if (!row.mutating) return;
  if (row.againstOriginal === "never") effects.neverMadeByOriginal += 1;
  if (row.againstOriginal === "other_arguments") effects.otherArguments += 1;
}
