import type { OpenApproval } from "#/lib/contract/run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { openWaits } from "./approval-store.ts";
import { loadRun } from "./get-run.ts";

/** The approvals that a run waits for now, the longest waiting first. Throws `not_found`. */
export async function listApprovals(ctx: Ctx, runId: string): Promise<{ data: OpenApproval[] }> {
  authorize(ctx, "run:read");
  await loadRun(ctx, runId);
  const spans = await openWaits(ctx.db, ctx.workspace.id, runId);
  return {
    data: spans.map(({ id, nodeId, key, name, startedAt, wakeAt }) => ({
      spanId: id,
      nodeId,
      key,
      title: name,
      requestedAt: startedAt?.toISOString() ?? null,
      expiresAt: wakeAt?.toISOString() ?? null,
    })),
  };
}
