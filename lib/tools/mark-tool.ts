import { inTransaction } from "#/db/transaction.ts";
import type { ToolView } from "#/lib/contract/tool.ts";
import { invalidField, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockTool, selectTool, updateReadOnly } from "./store.ts";
import { toolView } from "./tool-view.ts";

/**
 * An admin's mark on a tool: read-only (MCP tools only: an HTTP tool is proven by its method), mutating, or none.
 * Applies from the next call on. Throws `not_found`, and validation_failed for marking an HTTP tool read-only. Audited
 * when it changes something; the audit rows are its history.
 */
export async function markTool(ctx: Ctx, id: string, readOnly: boolean | null): Promise<ToolView> {
  authorize(ctx, "tool:write");
  return inTransaction(ctx.db, async (tx) => {
    await lockTool(tx, ctx.workspace.id, id);
    const tool = await selectTool(tx, ctx.workspace.id, id);
    if (!tool) throw notFound("Tool");
    if (readOnly === true && tool.kind !== "mcp")
      throw invalidField(
        "body.readOnly",
        "only an MCP tool can be marked read-only; an HTTP tool is judged by its method",
      );
    if (tool.readOnly === readOnly) return toolView(tool);
    await updateReadOnly(tx, ctx.workspace.id, id, readOnly);
    const details = {
      tool: tool.name,
      server: tool.server?.name ?? null,
      before: tool.readOnly,
      after: readOnly,
      definitionHash: tool.definitionHash,
    };
    await recordAudit(ctx, tx, { action: "tool.override_changed", target: id, details });
    return toolView({ ...tool, readOnly });
  });
}
