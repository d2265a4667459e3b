import type { RunFilter } from "#/lib/contract/run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { countRuns, matchingRunIds } from "./run-store.ts";

/** Ids of the runs that match, newest first: up to `most` of them, and how many there are (counted up to 100,000). */
export async function selectRuns(ctx: Ctx, filter: RunFilter, most: number): Promise<{ ids: string[]; count: number }> {
  authorize(ctx, "run:read");
  const ids = await matchingRunIds(ctx.db, ctx.workspace.id, filter, most + 1);
  const count = ids.length <= most ? ids.length : await countRuns(ctx.db, ctx.workspace.id, filter, 100_000);
  return { ids: ids.slice(0, most), count };
}
