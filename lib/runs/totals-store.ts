import { sql } from "drizzle-orm";
import type { Transaction } from "#/db/client.ts";
import type { EffectsSummary } from "#/lib/contract/run.ts";
import { sumEffects } from "./sum-effects.ts";
import { lostModelCall } from "./open-spans-store.ts";

type TotalsRow = {
  run_id: string;
  open_spans: number;
  open_children: number;
  child_effects: EffectsSummary[] | null;
  parent_run: string | null;
  steps: number;
  calls: number;
  unknown_cost: boolean;
  input_tokens: string | null;
  output_tokens: string | null;
  cache_read_tokens: string | null;
  cache_write_tokens: string | null;
  reasoning_tokens: string | null;
  cost_micros: string | null;
  models: string[] | null;
  prompts: { artifactId: string; contentHash: string }[] | null;
} & Record<`effect_${string}`, number>;

/** What is known of a run that ends: whether anything inside it is still open, and what it keeps. */
export type Totals = ReturnType<typeof totalsOf>;

/**
 * What runs keep when they end, by id: sums over their spans. A cost is unknown when
 * the cost of any model call is; tokens and effects add up. `openSpans` is the number of spans that have begun and not
 * ended, `openChildren` the number of runs inside that are not final.
 */
export async function runTotals(tx: Transaction, runIds: readonly string[]): Promise<Map<string, Totals>> {
  if (runIds.length === 0) return new Map();
  const rows = await tx.execute<TotalsRow>(sql`
    select r.id as run_id, s.*,
      (select count(*)::int from runs c where c.parent_run = r.id and c.finished_at is null) as open_children,
      (select json_agg(c.effects) from runs c where c.parent_run = r.id and c.effects is not null) as child_effects,
      r.parent_run
    from runs r cross join lateral (
      select count(*) filter (where parent_id is null)::int as steps,
        count(*) filter (where status in ('running', 'waiting'))::int as open_spans,
        count(*) filter (where made_call or ${lostModelCall})::int as calls,
        coalesce(bool_or((made_call or ${lostModelCall}) and cost_micros is null), false) as unknown_cost,
        sum(input_tokens) as input_tokens, sum(output_tokens) as output_tokens,
        sum(cache_read_tokens) as cache_read_tokens, sum(cache_write_tokens) as cache_write_tokens,
        sum(reasoning_tokens) as reasoning_tokens, sum(cost_micros) as cost_micros,
        array_agg(distinct model_ref) filter (where model_ref is not null) as models,
        json_agg(distinct jsonb_build_object('artifactId', prompt_artifact, 'contentHash', prompt_hash))
          filter (where prompt_hash is not null and prompt_artifact is not null) as prompts,
        count(*) filter (where mutating and effect_verdict = 'live')::int as effect_live,
        count(*) filter (where effect_verdict = 'dry_run_recorded')::int as effect_recorded,
        count(*) filter (where effect_verdict = 'dry_run_simulated')::int as effect_simulated,
        count(*) filter (where effect_verdict = 'blocked')::int as effect_blocked,
        count(*) filter (where effect_verdict = 'reused')::int as effect_reused,
        count(*) filter (where effect_verdict = 'refused')::int as effect_refused,
        count(*) filter (where mutating and against_original = 'never')::int as effect_never,
        count(*) filter (where mutating and against_original = 'other_arguments')::int as effect_other
      from spans where spans.workspace_id = r.workspace_id and spans.run_id = r.id
    ) s
    where r.id = any(${sql.param([...runIds])}::text[])`);
  return new Map(rows.map((row) => [row.run_id, totalsOf(row)]));
}

function totalsOf(row: TotalsRow) {
  // Nothing was used where no model was called; what a call did not report stays unknown. A sum that does not fit must
  // not keep the run from ending.
  const sum = (value: string | null) =>
    value !== null ? Math.min(Number(value), Number.MAX_SAFE_INTEGER) : row.calls === 0 ? 0 : null;
  const own = {
    live: row.effect_live,
    dryRunRecorded: row.effect_recorded,
    dryRunSimulated: row.effect_simulated,
    blocked: row.effect_blocked,
    reused: row.effect_reused,
    refused: row.effect_refused,
    neverMadeByOriginal: row.effect_never,
    otherArguments: row.effect_other,
  } as EffectsSummary;
  // Effects inside child runs are shown on the child and counted in the parent's summary (API contract).
  const effects = sumEffects([own, ...(row.child_effects ?? [])]);
  const totals = {
    steps: row.steps,
    inputTokens: sum(row.input_tokens),
    outputTokens: sum(row.output_tokens),
    cacheReadTokens: sum(row.cache_read_tokens),
    cacheWriteTokens: sum(row.cache_write_tokens),
    reasoningTokens: sum(row.reasoning_tokens),
    costMicros: row.unknown_cost ? null : sum(row.cost_micros),
    models: row.models ?? [],
    prompts: row.prompts ?? [],
    effects,
  };
  return { openSpans: row.open_spans, openChildren: row.open_children, isChild: row.parent_run !== null, totals };
}
