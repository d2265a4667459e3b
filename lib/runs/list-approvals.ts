import type { OpenApproval } from "#/lib/contract/run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { openWaits } from "./approval-store.ts";
import { assertRun } from "./get-run.ts";

/** The most approvals on one page. */
export const mostApprovals = 100;

/**
 * The approvals that a run waits for now, longest waiting first. `after` is the number of the last one shown, `next`
 * the one after which the following page starts, or null. Throws `not_found`.
 */
export async function listApprovals(
  ctx: Ctx,
  runId: string,
  { limit, after }: { limit: number; after: number | null } = { limit: mostApprovals, after: null },
): Promise<{ data: OpenApproval[]; next: number | null }> {
  authorize(ctx, "run:read");
  await assertRun(ctx, runId);
  const found = await openWaits(ctx.db, ctx.workspace.id, runId, after ?? 0, limit + 1);
  const spans = found.slice(0, limit);
  return {
    data: spans.map(({ id, nodeId, key, name, startedAt, wakeAt }) => ({
      spanId: id,
      nodeId,
      key,
      title: name,
      requestedAt: startedAt?.toISOString() ?? null,
      expiresAt: wakeAt?.toISOString() ?? null,
    })),
    next: found.length > limit ? (spans.at(-1)?.seq ?? null) : null,
  };
}
