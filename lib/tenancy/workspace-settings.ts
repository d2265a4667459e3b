import { inTransaction } from "#/db/transaction.ts";
import type { PutWorkspaceRequest, WorkspaceSettings } from "#/lib/contract/administration.ts";
import { notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { authorize } from "./permissions.ts";
import { lockWorkspaceRow, selectWorkspace, updateRetention, type WorkspaceRow } from "./workspace-store.ts";

/** The settings of the actor's workspace. */
export async function getWorkspaceSettings(ctx: Ctx): Promise<WorkspaceSettings> {
  authorize(ctx, "workspace:read");
  const row = await selectWorkspace(ctx.db, ctx.workspace.id);
  if (!row) throw notFound("Workspace");
  return settingsView(row);
}

/** Replaces a workspace's own settings; what is absent is unset. Older runs are deleted by the next sweep. */
export async function putWorkspaceSettings(ctx: Ctx, request: PutWorkspaceRequest): Promise<WorkspaceSettings> {
  authorize(ctx, "workspace:write");
  const { retentionDays } = request;
  return inTransaction(ctx.db, async (tx) => {
    const row = await lockWorkspaceRow(tx, ctx.workspace.id);
    if (!row) throw notFound("Workspace");
    if (row.retentionDays !== retentionDays) {
      await updateRetention(tx, row.id, retentionDays);
      const details = { retentionDays: { before: row.retentionDays, after: retentionDays } };
      await recordAudit(ctx, tx, { action: "workspace.changed", target: row.id, details });
    }
    return settingsView({ ...row, retentionDays });
  });
}

function settingsView({ id, slug, name, maxRunning, retentionDays }: WorkspaceRow): WorkspaceSettings {
  return { id, slug, name, maxRunning, retentionDays };
}
