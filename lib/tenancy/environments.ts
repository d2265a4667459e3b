import type { DbHandle } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { EnvironmentView, PutEnvironmentRequest } from "#/lib/contract/administration.ts";
import { invalidField } from "#/lib/core/errors.ts";
import { ttlMsOf } from "#/lib/core/duration.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";
import { selectEnvironment, upsertEnvironment } from "./environment-store.ts";
import { authorize } from "./permissions.ts";

/** What environments of these names are born with: in development, a run that nobody's worker takes is of no use later. */
const bornWith: Record<string, string> = { development: "10m" };

/** What is set for an environment. Any name is one: it exists as soon as something runs in it. */
export async function getEnvironment(ctx: Ctx, name: string): Promise<EnvironmentView> {
  authorize(ctx, "variable:read");
  return { name, defaultTtl: await defaultTtlOf(ctx.db, ctx.workspace.id, name) };
}

/** Replaces it; what is absent is unset. Throws `validation_failed` for what is no duration. */
export async function putEnvironment(ctx: Ctx, name: string, request: PutEnvironmentRequest): Promise<EnvironmentView> {
  authorize(ctx, "variable:write");
  const { defaultTtl } = request;
  if (defaultTtl !== null && ttlMsOf(defaultTtl) === null)
    throw invalidField("body.defaultTtl", "expected a duration such as 30s, 10m or 1h");
  return inTransaction(ctx.db, async (tx) => {
    const before = await defaultTtlOf(tx, ctx.workspace.id, name);
    await upsertEnvironment(tx, ctx.workspace.id, name, defaultTtl);
    const details = { defaultTtl: { before, after: defaultTtl } };
    await recordAudit(ctx, tx, { action: "environment.changed", target: name, details });
    return { name, defaultTtl };
  });
}

/** The TTL of a run that is triggered in this environment without one; null = none. */
export async function defaultTtlOf(db: DbHandle, workspaceId: string, name: string): Promise<string | null> {
  const row = await selectEnvironment(db, workspaceId, name);
  return row ? row.defaultTtl : (bornWith[name] ?? null);
}
