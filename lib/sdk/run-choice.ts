import type { RunFilter } from "#/lib/contract/run.ts";

/** Filters of which a run must have any value. */
type Repeatable = "status" | "workflow" | "tag" | "environment" | "mode";

/** What chooses runs: one value or several for the filters that repeat. */
export type RunChoice = Omit<RunFilter, Repeatable> & {
  [K in Repeatable]?: RunFilter[K] | NonNullable<RunFilter[K]>[number];
};

/** Which runs: by their ids, or by a filter, to which `since` (`24h`, `7d`) adds a time before now. */
export type RunSelectionOptions = { runIds: string[] } | { filter: RunChoice & { since?: string } };
