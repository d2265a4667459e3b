import type { OwnTexts } from "#/lib/tools/canonical-call.ts";
import type { RunRow } from "./run-store.ts";

/**
 * The texts that only this run has, each with its stand-in: ids and creation times of the run itself (the first) and of
 * those around it. Pure.
 */
export function ownTexts(runs: readonly Pick<RunRow, "id" | "createdAt">[]): OwnTexts {
  return runs.flatMap(({ id, createdAt }, level) => {
    const run = level === 0 ? "run" : `run[-${level}]`;
    return [[id, `{{ ${run}.id }}`] as const, [createdAt.toISOString(), `{{ ${run}.createdAt }}`] as const];
  });
}
