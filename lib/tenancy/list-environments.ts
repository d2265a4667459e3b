import type { Ctx } from "./ctx.ts";
import { authorize } from "./permissions.ts";
import { selectEnvironments } from "./variable-store.ts";

/** Where runs execute when nothing else is said. */
export const defaultEnvironment = "production";

/** The environments that have variables: the default one always and first, then by name. */
export async function listEnvironments(ctx: Ctx): Promise<string[]> {
  authorize(ctx, "variable:read");
  const named = await selectEnvironments(ctx.db, ctx.workspace.id);
  return [defaultEnvironment, ...named.filter((name) => name !== defaultEnvironment).sort()];
}
