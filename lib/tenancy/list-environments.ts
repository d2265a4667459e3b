import type { Ctx } from "./ctx.ts";
import { authorize } from "./permissions.ts";
import { selectSetEnvironments } from "./environment-store.ts";
import { selectEnvironments } from "./variable-store.ts";

/** Where runs execute by default. */
const defaultEnvironment = "production";

/** The environments that have variables or settings: the default one always and first, then by name. */
export async function listEnvironments(ctx: Ctx): Promise<string[]> {
  authorize(ctx, "variable:read");
  return named(ctx);
}

/** The same names for anyone who chooses where a run executes: every reader of a run sees its environment. */
export async function environmentNames(ctx: Ctx): Promise<string[]> {
  authorize(ctx, "run:read");
  return named(ctx);
}

async function named(ctx: Ctx): Promise<string[]> {
  const { id } = ctx.workspace;
  const [withVariables, set] = await Promise.all([selectEnvironments(ctx.db, id), selectSetEnvironments(ctx.db, id)]);
  const found = [...new Set([...withVariables, ...set])];
  return [defaultEnvironment, ...found.filter((name) => name !== defaultEnvironment).sort()];
}
