import { inTransaction } from "#/db/transaction.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";

type AuditEvent = Parameters<typeof recordAudit>[2];

/** By the error that undoes the transaction in which they were to be written. */
const owed = new WeakMap<object, AuditEvent>();

/**
 * The audit row of a request that is refused with `error`, which the caller throws next. In a transaction of someone
 * else's the row would be undone with everything else: then it is owed, and written by whoever opened that transaction
 * (`payAudit`).
 */
export async function auditRefusal(ctx: Ctx, error: object, event: AuditEvent): Promise<void> {
  if ("rollback" in ctx.db) owed.set(error, event);
  else await inTransaction(ctx.db, (tx) => recordAudit(ctx, tx, event));
}

/** Writes the row that is owed for `error`, if any. For who opened a transaction that it undid; `ctx` as before that. */
export async function payAudit(ctx: Ctx, error: unknown): Promise<void> {
  const event = typeof error === "object" && error !== null ? owed.get(error) : undefined;
  if (!event || "rollback" in ctx.db) return;
  owed.delete(error as object);
  await inTransaction(ctx.db, (tx) => recordAudit(ctx, tx, event));
}
