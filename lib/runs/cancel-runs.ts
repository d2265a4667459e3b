import type { CancelledRuns } from "#/lib/contract/batch.ts";
import { DomainError } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { requestCancel } from "./cancel-run.ts";

/**
 * Cancels each of these runs as `cancelRun` does. What cannot be cancelled is named with its code and stops nothing:
 * `run_final`, or `not_found` (also for another workspace's).
 */
export async function cancelRuns(ctx: Ctx, ids: readonly string[]): Promise<CancelledRuns> {
  authorize(ctx, "run:control");
  const answer: CancelledRuns = { cancelled: [], notCancellable: [] };
  for (const id of ids)
    try {
      await requestCancel(ctx, id);
      answer.cancelled.push(id);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      answer.notCancellable.push({ id, code: error.code });
    }
  return answer;
}
