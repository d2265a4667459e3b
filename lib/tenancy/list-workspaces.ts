import type { DbHandle } from "#/db/client.ts";
import { memberOf, type Ctx } from "./ctx.ts";
import { selectWorkspacesOfUser, type MyWorkspace } from "./workspace-store.ts";

export type { MyWorkspace } from "./workspace-store.ts";

/** The workspaces in which this user is a member, by account and name. */
export function workspacesOfUser(db: DbHandle, userId: string): Promise<MyWorkspace[]> {
  return selectWorkspacesOfUser(db, userId);
}

/** What the workspace switcher offers. A key names one workspace, so only a signed-in user has others. */
export async function listMyWorkspaces(ctx: Ctx): Promise<MyWorkspace[]> {
  const userId = ctx.actor.kind === "user" ? memberOf(ctx.actor) : null;
  return userId === null ? [] : selectWorkspacesOfUser(ctx.db, userId);
}
