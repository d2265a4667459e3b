import type { SelectedRun } from "#/components/runs/run-selection.ts";
import { dollarsToMicros } from "#/components/replay/money-text.ts";
import type { BatchRequest } from "#/lib/contract/batch.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";

/** What is typed into the dialog about the batch itself. */
export type BatchDraft = {
  readonly name: string;
  /** Dollars as typed; "" = no cap. */
  readonly maxCost: string;
  readonly onRefusal: "skip" | "stop";
};

export const emptyBatchDraft: BatchDraft = { name: "", maxCost: "", onRefusal: "skip" };

/** What is wrong with the cost cap; undefined = nothing. Pure. */
export function capFault(text: string): string | undefined {
  if (text.trim() === "" || dollarsToMicros(text) !== null) return undefined;
  return "Enter dollars with at most six decimals, for example 5.00";
}

/** The request for these runs. The draft has no faults. Pure. */
export function toBatchRequest(
  named: Pick<BatchRequest, "runIds" | "filter">,
  request: ReplayRequest,
  draft: BatchDraft,
): BatchRequest {
  const maxCostMicros = draft.maxCost.trim() === "" ? null : dollarsToMicros(draft.maxCost);
  return {
    ...named,
    request,
    onRefusal: draft.onRefusal,
    ...(draft.name.trim() === "" ? {} : { name: draft.name.trim() }),
    ...(maxCostMicros === null ? {} : { maxCostMicros }),
  };
}

/** What the chosen runs have in common; null where they differ, or where nobody knows. */
export type InCommon = { workflow: string | null; version: number | null };

/** Of runs that are all known, or of those that a filter names. Pure. */
export function inCommon(named: Pick<BatchRequest, "filter">, known: readonly SelectedRun[]): InCommon {
  if (named.filter) {
    const { workflow, version } = named.filter;
    const only = workflow?.length === 1 ? (workflow[0] ?? null) : null;
    return { workflow: only, version: only === null ? null : (version ?? null) };
  }
  const workflow = only(known.map((run) => run.workflow.slug));
  return { workflow, version: workflow === null ? null : only(known.map((run) => run.version)) };
}

function only<T>(values: readonly T[]): T | null {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? null : first;
}

/** Prompts and models that the known runs were made with, each once. Pure. */
export function usedBy(known: readonly SelectedRun[]): Pick<SelectedRun, "prompts" | "models"> {
  const prompts = known.flatMap((run) => run.prompts);
  return {
    prompts: [...new Map(prompts.map((prompt) => [`${prompt.artifactId} ${prompt.contentHash}`, prompt])).values()],
    models: [...new Set(known.flatMap((run) => run.models))],
  };
}
