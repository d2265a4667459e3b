import { selectKeyNames, selectMemberNames } from "./actor-store.ts";
import type { Ctx } from "./ctx.ts";
import { authorize } from "./permissions.ts";

/**
 * The names behind actor ids, for pages that say who made something. Only members and keys of this workspace have an
 * entry (a key is `name (API key)`); no e-mail address is given out.
 */
export async function actorNames(ctx: Ctx, ids: readonly (string | null)[]): Promise<Record<string, string>> {
  authorize(ctx, "workflow:read");
  const asked = [...new Set(ids.filter((id) => id !== null && id !== ""))] as string[];
  const [users, keys] = [asked.filter((id) => id.startsWith("usr_")), asked.filter((id) => id.startsWith("key_"))];
  const [people, named] = await Promise.all([
    users.length > 0 ? selectMemberNames(ctx.db, ctx.workspace.id, users) : [],
    keys.length > 0 ? selectKeyNames(ctx.db, ctx.workspace.id, keys) : [],
  ]);
  return Object.fromEntries([
    ...people.map(({ id, name }) => [id, name]),
    ...named.map(({ id, name }) => [id, `${name} (API key)`]),
  ]);
}
