import type { SearchParams } from "#/components/shell/list-pages.ts";
import { parseWorkflowQuery } from "./workflow-query.ts";

/**
 * What the address of the editor holds: the version to start from, and the run that is to be replayed afterwards: `node`
 * is what failed in it, `from` the step to replay it from.
 */
export type EditQuery = { version: number | null; run: string | null; node: string | null; from: string | null };

/** Reads the address; what cannot be understood is left out. Pure. */
export function parseEditQuery(params: SearchParams): EditQuery {
  const one = (name: string) => [params[name]].flat()[0] || null;
  return { version: parseWorkflowQuery(params).version, run: one("run"), node: one("node"), from: one("from") };
}
