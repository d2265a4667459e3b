import type { Reprise } from "#/lib/sdk/client.ts";
import type { Cli } from "./cli.ts";
import { usageError } from "./exit-code.ts";
import { hasFilter, listRuns, type RunFilterOptions } from "./run-filter-options.ts";

/** The runs that a command means: the ids given, or what the filters choose (maybe none), after the user said yes. */
export async function chosenRunIds(
  cli: Cli,
  client: Reprise,
  given: string[],
  filter: RunFilterOptions,
  verb: "Replay" | "Cancel",
): Promise<string[]> {
  if (given.length > 0) {
    if (hasFilter(filter)) throw usageError("Name runs or select them with filters, not both.");
    return given;
  }
  if (!hasFilter(filter))
    throw usageError("Which runs? Name them, or select them with --status, --workflow or --since.");
  const { data, hasMore } = await listRuns(client, filter);
  if (data.length === 0) {
    cli.output.note("No runs match.");
    return [];
  }
  const more = hasMore ? `the newest, limited by --limit ${filter.limit}` : "all that match";
  await cli.confirm(`${verb} ${data.length} run${data.length === 1 ? "" : "s"} (${more})?`);
  return data.map((run) => run.id);
}
