import { PutWorkspaceRequest, WorkspaceSettings } from "#/lib/contract/administration.ts";
import { getWorkspaceSettings, changeWorkspaceSettings } from "#/lib/tenancy/workspace-settings.ts";
import { ok } from "../answer.ts";
import { operation } from "../operation.ts";

const tag = "Workspace";

export const workspaceOperations = [
  operation({
    method: "GET",
    path: "/workspace",
    id: "getWorkspace",
    tag,
    summary: "Read the workspace's settings",
    action: "workspace:read",
    answers: { 200: WorkspaceSettings },
    handle: async ({ ctx }) => ok(await getWorkspaceSettings(ctx)),
  }),
  operation({
    method: "PUT",
    path: "/workspace",
    id: "putWorkspace",
    tag,
    summary: "Replace the workspace's settings; absent values are unset, and runs are then kept indefinitely",
    action: "workspace:write",
    body: PutWorkspaceRequest,
    answers: { 200: WorkspaceSettings },
    handle: async ({ ctx, body }) => ok(await changeWorkspaceSettings(ctx, body)),
  }),
];
