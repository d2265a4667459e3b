import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { noOverrides, type RunOverrides } from "#/lib/runs/overrides.ts";

/** What a replay changes besides the mapping, and in which nodes. */
export type Changes = Pick<RunOverrides, "prompt" | "model" | "nodeIds">;

/**
 * The prompt and model of a replay: the ones the request asks for. As-is repeats the source exactly, so it takes those
 * that the source itself ran with (`sourceChanges`; null for an original). Pure.
 */
export function chooseChanges(request: ReplayRequest, sourceChanges: Changes | null): Changes {
  if ((request.mode ?? "as_is") === "as_is") return sourceChanges ?? noOverrides;
  const { prompt, model, nodeIds } = request;
  return { prompt: prompt ?? null, model: model ? { ref: model.ref } : null, nodeIds: nodeIds ?? null };
}
