import { database } from "#/db/client.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { logger } from "#/lib/core/logger.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { workspacesWithRetention, type Retention } from "#/lib/tenancy/workspace-store.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { agedRuns, deleteRuns } from "./deletion-store.ts";

const perBatch = 500;

/**
 * Deletes runs that are older than their workspace's retention, in batches of 500 with one audit row each. Only runs
 * that have ended; agedRuns says which of them stay longer. Returns how many were deleted.
 */
export async function deleteAgedRuns(): Promise<number> {
  let total = 0;
  for (const retention of await workspacesWithRetention(database()))
    // What one workspace's runs run into keeps no other's from being deleted.
    await deleteAll(retention, (deleted) => (total += deleted)).catch((error: unknown) =>
      logger.error({ err: error, workspaceId: retention.id }, "deleting aged runs failed"),
    );
  return total;
}

async function deleteAll(retention: Retention, count: (deleted: number) => void): Promise<void> {
  for (let deleted = perBatch; deleted > 0;) {
    deleted = await deleteBatch(retention);
    count(deleted);
  }
}

/** Holds the workspace's lock, so that nobody starts to read a run while it is deleted; several workers take turns. */
async function deleteBatch({ days, ...workspace }: Retention): Promise<number> {
  const { id } = workspace;
  return database().transaction(async (tx) => {
    await lockWorkspace(tx, id);
    const ids = await agedRuns(tx, id, days, perBatch);
    if (ids.length === 0) return 0;
    const deleted = await deleteRuns(tx, id, ids);
    const ctx = {
      actor: { kind: "system", name: "worker" } as const,
      workspace,
      db: tx,
      clock: systemClock,
      requestId: newId("request"),
    };
    await recordAudit(ctx, tx, {
      action: "run.deleted",
      target: null,
      details: { runs: deleted, retentionDays: days },
    });
    logger.info({ workspaceId: id, deleted, retentionDays: days }, "aged runs deleted");
    return deleted;
  });
}
