import type { RunFilter, RunSummary } from "#/lib/contract/run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { countRuns, listRunRows, type RunCursor } from "./run-store.ts";
import { runSummary } from "./run-view.ts";

/** Newest first, keyset: stable under inserts. `next` is where the next page starts, or null. */
export async function listRuns(
  ctx: Ctx,
  query: { filter: RunFilter; limit: number; after: RunCursor | null },
): Promise<{ data: RunSummary[]; next: RunCursor | null }> {
  authorize(ctx, "run:read");
  const rows = await listRunRows(ctx.db, ctx.workspace.id, query.filter, query.limit, query.after);
  const data = rows.slice(0, query.limit).map((row) => runSummary(ctx.workspace.slug, row));
  const last = data.at(-1);
  return { data, next: rows.length > query.limit && last ? { createdAt: last.createdAt, id: last.id } : null };
}

const exactUpTo = 100_000;

/** How many runs match: exact up to 100,000, beyond that `{ count: 100000, more: true }`. */
export async function countMatchingRuns(ctx: Ctx, filter: RunFilter): Promise<{ count: number; more: boolean }> {
  authorize(ctx, "run:read");
  const count = await countRuns(ctx.db, ctx.workspace.id, filter, exactUpTo + 1);
  return { count: Math.min(count, exactUpTo), more: count > exactUpTo };
}
