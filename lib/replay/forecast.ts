import type { Preflight } from "#/lib/contract/replay.ts";
import type { Usage } from "#/lib/contract/run.ts";
import { costMicros } from "#/lib/models/prices.ts";
import { mappedNodeId } from "#/lib/runs/overrides.ts";
import { takenOver } from "#/lib/runs/reused-steps.ts";
import type { SpanRow } from "#/lib/runs/span-store.ts";
import type { ReplayFacts } from "./facts.ts";
import { reuseOf, type ReplayPlan } from "./plan.ts";

type Range = { low: number; high: number } | null;

/** Models answer the same prompt at different lengths; input varies less, since most of it is fixed. */
const spread = { input: { low: 0.8, high: 1.3 }, output: { low: 0.5, high: 1.8 } };

/**
 * The range of what the replay may use, from the recorded calls of the nodes that will execute. Unknown (null) when a
 * node that calls a model has no recorded usage, or when its model has no known price. Pure.
 */
export function forecast(facts: ReplayFacts, plan: ReplayPlan, at: Date): Preflight["forecast"] {
  const calls = recordedAgain(facts, plan);
  const perNode = plan.models.map(({ nodeId, ref }) => ({ ref, usage: recordedUsage(calls.get(nodeId) ?? []) }));
  const entries = new Map(facts.catalogue.map((model) => [model.ref, model]));
  const tokens = (field: "inputTokens" | "outputTokens", range: { low: number; high: number }): Range =>
    sumRanges(perNode.map(({ usage }) => (usage?.[field] == null ? null : scaled(usage[field], range))));
  const cost = sumRanges(
    perNode.map(({ ref, usage }) => {
      if (!usage) return null;
      const price = entries.get(ref)?.price ?? null;
      const low = costMicros(ref, scaledUsage(usage, "low"), at, price);
      const high = costMicros(ref, scaledUsage(usage, "high"), at, price);
      return low === null || high === null ? null : { low, high };
    }),
  );
  return {
    inputTokens: tokens("inputTokens", spread.input),
    outputTokens: tokens("outputTokens", spread.output),
    costMicros: cost,
  };
}

/** The recorded model calls that the replay makes again, by the path of the node that makes them. */
function recordedAgain(facts: ReplayFacts, plan: ReplayPlan): Map<string | null, SpanRow[]> {
  const nodeNow = (nodeThen: string) => mappedNodeId(nodeThen, plan.overrides);
  const kept = takenOver(reuseOf(facts, plan.fromNodeId, plan.overrides), facts.spans, nodeNow);
  const own = facts.spans.filter((span) => !kept.has(span.id)).map((span) => ({ span, path: nodeNow(span.nodeId) }));
  const inside = facts.inner.flatMap(({ path, again }) =>
    (again ?? []).map((span) => ({ span, path: `${path}/${span.nodeId}` })),
  );
  const made = [...own, ...inside].filter(({ span }) => span.madeCall);
  const byPath = Map.groupBy(made, ({ path }) => path);
  return new Map([...byPath].map(([path, all]) => [path, all.map(({ span }) => span)]));
}

/** Sum over the calls that the source run made for a node; null when nothing is known. */
function recordedUsage(calls: readonly Usage[]): Usage | null {
  if (calls.length === 0 || calls.some((span) => span.inputTokens === null || span.outputTokens === null)) return null;
  const sum = (field: keyof Usage) => calls.reduce((total, span) => total + (span[field] ?? 0), 0);
  return {
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    cacheReadTokens: sum("cacheReadTokens"),
    cacheWriteTokens: sum("cacheWriteTokens"),
    reasoningTokens: sum("reasoningTokens"),
  };
}

/** Counts are rounded separately, so cache reads and writes are capped at the input. */
function scaledUsage(usage: Usage, end: "low" | "high"): Usage {
  const scale = (value: number | null, factor: number) => (value === null ? null : Math.round(value * factor));
  const inputTokens = scale(usage.inputTokens, spread.input[end]);
  const within = (value: number | null, most: number) => (value === null ? null : Math.min(value, Math.max(0, most)));
  const cacheReadTokens = within(scale(usage.cacheReadTokens, spread.input[end]), inputTokens ?? Infinity);
  const left = (inputTokens ?? Infinity) - (cacheReadTokens ?? 0);
  return {
    inputTokens,
    outputTokens: scale(usage.outputTokens, spread.output[end]),
    cacheReadTokens,
    cacheWriteTokens: within(scale(usage.cacheWriteTokens, spread.input[end]), left),
    reasoningTokens: scale(usage.reasoningTokens, spread.output[end]),
  };
}

function scaled(value: number, range: { low: number; high: number }): { low: number; high: number } {
  return { low: Math.round(value * range.low), high: Math.round(value * range.high) };
}

function sumRanges(ranges: Range[]): Range {
  let total = { low: 0, high: 0 };
  for (const range of ranges) {
    if (range === null) return null;
    total = { low: total.low + range.low, high: total.high + range.high };
  }
  return total;
}
