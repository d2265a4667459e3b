import { inTransaction } from "#/db/transaction.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { CreateToolRequest, ToolView } from "#/lib/contract/tool.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { canonicalJson, contentHash } from "#/lib/core/hash.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { insertHttpTool, selectTool } from "#/lib/tools/store.ts";
import { toolRoomFault } from "#/lib/tools/tool-room.ts";
import { toolView } from "#/lib/tools/tool-view.ts";
import { checkDefinition } from "./bounded-definition.ts";

/**
 * Checks an HTTP tool as a tool of a version is, which may take seconds: never in a transaction. Gives its definition. Throws
 * validation_failed with the fields at fault.
 */
export function judgeTool(ctx: Ctx, { name, ...body }: CreateToolRequest): Promise<JsonObject> {
  authorize(ctx, "tool:write");
  return checkedTool(ctx.workspace.id, name, body as JsonObject);
}

/**
 * Makes an HTTP tool for all workflows of the workspace (`use: NAME`). It is never changed afterwards. `judged` is what
 * judgeTool returned, if it was already called. Throws `conflict` for a name that is taken, and as judgeTool does.
 */
export async function createTool(ctx: Ctx, request: CreateToolRequest, judged?: JsonObject): Promise<ToolView> {
  authorize(ctx, "tool:write");
  const { name } = request;
  const definition = judged ?? (await judgeTool(ctx, request));
  return inTransaction(ctx.db, async (tx) => {
    const definitionHash = contentHash(canonicalJson(definition));
    const id = await insertHttpTool(tx, { workspaceId: ctx.workspace.id, name, definition, definitionHash });
    if (id === null) throw new DomainError("conflict", `A tool named ${name} already exists.`);
    const fault = await toolRoomFault(tx, ctx.workspace.id);
    if (fault !== null) throw new DomainError("conflict", `The tool is not added: ${fault}.`);
    await recordAudit(ctx, tx, { action: "tool.created", target: id, details: { tool: name, definitionHash } });
    const tool = await selectTool(tx, ctx.workspace.id, id);
    if (!tool) throw new Error("the tool just made is not there");
    return toolView(tool);
  });
}

/** The same checks as at push, on a version that has nothing but this tool. */
async function checkedTool(workspaceId: string, name: string, body: JsonObject): Promise<JsonObject> {
  const version = { name, tools: { [name]: body }, nodes: [{ id: "none", type: "transform", value: null }] };
  try {
    const parsed = await checkDefinition(workspaceId, { json: version as Json });
    return parsed.tools?.[name] as unknown as JsonObject;
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "workflow_invalid") throw error;
    const fields = (error.fields ?? []).map(({ path, message }) => ({
      path: path.replace(`tools.${name}`, "body"),
      message,
    }));
    const [first] = fields;
    throw new DomainError("validation_failed", first ? `${first.path}: ${first.message}` : error.message, { fields });
  }
}
