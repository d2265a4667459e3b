import { mostBatchRuns, type RunSelection, type RunSelectionFilter } from "#/lib/contract/batch.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { RunFilter } from "#/lib/contract/run.ts";
import { parseDurationMs } from "#/lib/core/duration.ts";
import { DomainError, invalidField } from "#/lib/core/errors.ts";
import { selectRuns } from "#/lib/runs/select-runs.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";

/** The runs that a request chose, each once and in its order (a filter's newest first), and the filter as it was resolved. */
export type ChosenRuns = { ids: string[]; filter: JsonObject | null };

/**
 * Chooses the runs of a request. Says nothing about whether the ids given exist. Throws `filter_empty` for a filter that
 * leaves nothing out, `batch_too_large` with the count for more than 1,000 runs, `validation_failed`.
 */
export async function chooseRuns(ctx: Ctx, { runIds, filter }: RunSelection): Promise<ChosenRuns> {
  const resolved = filter === undefined ? null : resolveFilter(filter, ctx.clock.now());
  const { ids, count } = resolved ? await selectRuns(ctx, resolved, mostBatchRuns) : given([...new Set(runIds ?? [])]);
  if (count > mostBatchRuns)
    throw new DomainError("batch_too_large", `${count} runs are too many: at most ${mostBatchRuns} at once.`, {
      details: { count, limit: mostBatchRuns },
    });
  return { ids, filter: resolved as JsonObject | null };
}

function given(ids: string[]) {
  return { ids, count: ids.length };
}

/** The filter with relative times as moments and without what says nothing. Throws as `chooseRuns` does. Pure. */
function resolveFilter(filter: RunSelectionFilter, now: Date): RunFilter {
  const { since, ...rest } = filter;
  const named = Object.entries(rest).filter(([, value]) => value !== undefined && value !== "" && !isEmptyList(value));
  const resolved = { ...Object.fromEntries(named), ...(since === undefined ? {} : { from: fromOf(rest, since, now) }) };
  if (Object.keys(resolved).length > 0) return resolved;
  throw new DomainError("filter_empty", "The filter chooses every run. Name at least one filter.");
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function fromOf(rest: Omit<RunSelectionFilter, "since">, since: string, now: Date): string {
  if (rest.from !== undefined) throw invalidField("body.filter.since", "is not possible together with from");
  const ms = parseDurationMs(since);
  const from = ms === null ? null : new Date(now.getTime() - ms);
  if (from === null || Number.isNaN(from.getTime()))
    throw invalidField("body.filter.since", "expected a duration such as 24h or 7d");
  return from.toISOString();
}
