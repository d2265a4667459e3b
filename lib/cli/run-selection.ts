import type { Reprise, RunSelectionOptions } from "#/lib/sdk/client.ts";
import { confirm } from "./ask.ts";
import type { Cli } from "./cli.ts";
import { usageError } from "./exit-code.ts";
import { hasFilter, listRuns, mostRunsAtOnce, runFilterOf, type RunFilterOptions } from "./run-filter-options.ts";

/**
 * The runs that a command means: the ids given; with `--limit` the ids of the newest that match; otherwise the filter as
 * such, which the service applies. Null (said on stderr) when nothing matches.
 */
export async function selectionOf(
  cli: Cli,
  client: Reprise,
  given: string[],
  filters: RunFilterOptions,
): Promise<RunSelectionOptions | null> {
  if (isByFilter(given, filters) === false) return { runIds: given };
  const { data } = await listRuns(client, { ...filters, limit: filters.limit ?? 1 });
  if (data.length === 0) {
    cli.output.note("No runs match.");
    return null;
  }
  return filters.limit === undefined ? { filter: runFilterOf(filters) } : { runIds: data.map(({ id }) => id) };
}

/** Are the runs chosen by filters? Throws a usage error for both ids and filters, and for neither. Pure. */
export function isByFilter(given: string[], filters: RunFilterOptions): boolean {
  const filtered = hasFilter(filters);
  if (given.length > 0 && filtered) throw usageError("Name runs or select them with filters, not both.");
  if (given.length > 0) return false;
  if (filtered) return true;
  throw usageError("Which runs? Name them, or select them with --status, --workflow or --since.");
}

/** Asks whether the chosen runs shall be cancelled, and gives back those that the question was about. */
export async function confirmCancel(
  client: Reprise,
  chosen: RunSelectionOptions,
  filters: RunFilterOptions,
): Promise<RunSelectionOptions> {
  const listed = await idsOf(client, chosen, filters);
  const { length } = listed.ids;
  const which = filters.limit !== undefined && length === filters.limit ? "the newest" : "all that match";
  await confirm(`Cancel ${listed.hasMore ? "more than " : ""}${length} run${length === 1 ? "" : "s"} (${which})?`);
  return listed.hasMore ? chosen : { runIds: listed.ids };
}

async function idsOf(client: Reprise, chosen: RunSelectionOptions, filters: RunFilterOptions) {
  if ("runIds" in chosen) return { ids: chosen.runIds, hasMore: false };
  const { data, hasMore } = await listRuns(client, { ...filters, limit: mostRunsAtOnce });
  return { ids: data.map(({ id }) => id), hasMore };
}
