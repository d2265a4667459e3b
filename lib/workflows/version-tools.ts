import { selectToolsOf } from "#/lib/tools/store.ts";
import type { WorkspaceTool } from "#/lib/tools/tool-source.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { toolCalls } from "./tool-calls.ts";

/** The workspace's tools that the calls of a version name, as they are now: what is needed to judge those calls. */
export async function versionTools(ctx: Ctx, definition: WorkflowDefinition): Promise<WorkspaceTool[]> {
  authorize(ctx, "workflow:read");
  return selectToolsOf(
    ctx.db,
    ctx.workspace.id,
    toolCalls(definition).map((call) => call.source),
  );
}
