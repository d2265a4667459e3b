import type { DbHandle } from "#/db/client.ts";
import { selectKeyNames, selectMemberNames } from "./actor-store.ts";
import type { Ctx } from "./ctx.ts";
import { authorize } from "./permissions.ts";

/**
 * The names behind actor ids, for pages that say who made something. Only members and keys of this workspace have an
 * entry (a key is `name (API key)`); no e-mail address is given out.
 */
export async function actorNames(ctx: Ctx, ids: readonly (string | null)[]): Promise<Record<string, string>> {
  authorize(ctx, "workflow:read");
  return namesOf(ctx.db, ctx.workspace.id, ids);
}

/** The same for verbs that have authorised already. */
export async function namesOf(
  db: DbHandle,
  workspaceId: string,
  ids: readonly (string | null)[],
): Promise<Record<string, string>> {
  const asked = [...new Set(ids.filter((id) => id !== null && id !== ""))] as string[];
  const [users, keys] = [asked.filter((id) => id.startsWith("usr_")), asked.filter((id) => id.startsWith("key_"))];
  const [people, named] = await Promise.all([
    users.length > 0 ? selectMemberNames(db, workspaceId, users) : [],
    keys.length > 0 ? selectKeyNames(db, workspaceId, keys) : [],
  ]);
  return Object.fromEntries([
    ...people.map(({ id, name }) => [id, name]),
    ...named.map(({ id, name }) => [id, `${name} (API key)`]),
  ]);
}
