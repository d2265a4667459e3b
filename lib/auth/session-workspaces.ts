import { database } from "#/db/client.ts";
import { type MyWorkspace, workspacesOfUser } from "#/lib/tenancy/list-workspaces.ts";
import { sessionUser } from "./session.ts";

/** Where the signed-in person may go; null when nobody is signed in. For the pages outside any workspace. */
export async function sessionWorkspaces(): Promise<{
  userId: string;
  email: string;
  workspaces: MyWorkspace[];
} | null> {
  const user = await sessionUser();
  return user ? { userId: user.id, email: user.email, workspaces: await workspacesOfUser(database(), user.id) } : null;
}
