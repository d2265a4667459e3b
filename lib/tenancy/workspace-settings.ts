import { inTransaction } from "#/db/transaction.ts";
import type { PutWorkspaceRequest, WorkspaceSettings } from "#/lib/contract/administration.ts";
import { notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { authorize } from "./permissions.ts";
import { lockWorkspaceRow, selectWorkspace, updateSettings, type WorkspaceRow } from "./workspace-store.ts";

/** The settings of the actor's workspace. */
export async function getWorkspaceSettings(ctx: Ctx): Promise<WorkspaceSettings> {
  authorize(ctx, "workspace:read");
  const row = await selectWorkspace(ctx.db, ctx.workspace.id);
  if (!row) throw notFound("Workspace");
  return settingsView(row);
}

/** Changes settings of the workspace; those that are not named stay. Older runs are deleted by the next sweep. */
export async function changeWorkspaceSettings(
  ctx: Ctx,
  settings: Partial<PutWorkspaceRequest>,
): Promise<WorkspaceSettings> {
  authorize(ctx, "workspace:write");
  return inTransaction(ctx.db, async (tx) => {
    const row = await lockWorkspaceRow(tx, ctx.workspace.id);
    if (!row) throw notFound("Workspace");
    const { retentionDays = row.retentionDays, batchPace = row.batchPace } = settings;
    const wanted = { retentionDays, batchPace };
    const changed = (["retentionDays", "batchPace"] as const).filter((name) => row[name] !== wanted[name]);
    if (changed.length > 0) {
      await updateSettings(tx, row.id, wanted);
      const details = Object.fromEntries(changed.map((name) => [name, { before: row[name], after: wanted[name] }]));
      await recordAudit(ctx, tx, { action: "workspace.changed", target: row.id, details });
    }
    return settingsView({ ...row, ...wanted });
  });
}

function settingsView({ id, slug, name, maxRunning, retentionDays, batchPace }: WorkspaceRow): WorkspaceSettings {
  return { id, slug, name, maxRunning, retentionDays, batchPace };
}
