import { database } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import { admit, lockWorkspace, workspacesWithBacklog } from "./admission-store.ts";
import { settleRun } from "./settle-run.ts";

/** Admits in workspaces that have queued runs and room: repairs slots that a dying process did not pass on. */
export async function sweepAdmissions(): Promise<number> {
  const workspaces = await workspacesWithBacklog(database());
  let admitted = 0;
  for (const workspaceId of workspaces)
    admitted += await inTransaction(database(), async (tx) => {
      await lockWorkspace(tx, workspaceId);
      return (await admit(tx, workspaceId)).length;
    });
  return admitted;
}

/** A run whose job was retried until its retries were spent: its workers died one after another. */
export async function buryRun(run: { runId: string; workspaceId: string }): Promise<void> {
  await settleRun(
    { id: run.runId, workspaceId: run.workspaceId },
    {
      kind: "failed",
      reason: "crashed",
      error: { code: "crashed", message: "The run's workers were lost again and again.", nodeId: null, spanId: null },
    },
  );
}
