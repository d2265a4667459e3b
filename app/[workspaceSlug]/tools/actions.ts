"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import {
  CreateMcpServerRequest,
  CreateToolRequest,
  UpdateMcpServerRequest,
  UpdateToolRequest,
} from "#/lib/contract/tool.ts";
import { deleteTool } from "#/lib/tools/delete-tool.ts";
import { markTool } from "#/lib/tools/mark-tool.ts";
import { createMcpServer, deleteMcpServer, refreshMcpServer, updateMcpServer } from "#/lib/tools/mcp-servers.ts";
import { createTool } from "#/lib/workflows/create-tool.ts";

const id = z.string().min(1).max(100);
const OneById = z.strictObject({ id });

export const addToolAction = action(CreateToolRequest, async (ctx, input) => {
  await createTool(ctx, input);
});
export const deleteToolAction = action(OneById, (ctx, input) => deleteTool(ctx, input.id));
export const markToolAction = action(UpdateToolRequest.extend({ id }), async (ctx, input) => {
  await markTool(ctx, input.id, input.readOnly);
});
export const addServerAction = action(CreateMcpServerRequest, async (ctx, input) => ({
  tools: (await createMcpServer(ctx, input)).tools.length,
}));
export const changeServerAction = action(z.strictObject({ id, change: UpdateMcpServerRequest }), async (ctx, input) => {
  await updateMcpServer(ctx, input.id, input.change);
});
export const refreshServerAction = action(OneById, async (ctx, input) => {
  const { tools } = await refreshMcpServer(ctx, input.id);
  return { tools: tools.length, changed: tools.filter((tool) => tool.changedSinceTrusted).length };
});
export const removeServerAction = action(OneById, (ctx, input) => deleteMcpServer(ctx, input.id));
