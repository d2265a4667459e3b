import type { ToolView } from "#/lib/contract/tool.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { selectTools } from "./store.ts";
import { builtinViews, toolView } from "./tool-view.ts";

/** What nodes and agents of the workspace may call, and whether each is mutating and why. Built-in tools come last. */
export async function listTools(ctx: Ctx): Promise<ToolView[]> {
  authorize(ctx, "tool:read");
  return [...(await selectTools(ctx.db, ctx.workspace.id)).map(toolView), ...builtinViews()];
}
