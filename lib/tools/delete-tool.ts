import { inTransaction } from "#/db/transaction.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { deleteHttpTool, selectTool } from "./store.ts";

/** Deletes an HTTP tool of the workspace; its calls fail from now on. Throws `not_found`; `conflict` for MCP tools. */
export async function deleteTool(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "tool:write");
  await inTransaction(ctx.db, async (tx) => {
    const tool = await selectTool(tx, ctx.workspace.id, id);
    if (!tool) throw notFound("Tool");
    if (tool.kind === "mcp")
      throw new DomainError("conflict", "This tool belongs to an MCP server; remove the server instead.");
    if (!(await deleteHttpTool(tx, ctx.workspace.id, id))) throw notFound("Tool");
    await recordAudit(ctx, tx, { action: "tool.deleted", target: id, details: { tool: tool.name } });
  });
}
