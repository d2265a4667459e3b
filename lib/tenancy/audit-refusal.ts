import { inTransaction } from "#/db/transaction.ts";
import { recordAudit } from "./audit.ts";
import type { Ctx } from "./ctx.ts";

type AuditEvent = Parameters<typeof recordAudit>[2];

/** Keyed by the error that rolls back the transaction in which they were to be written. */
const owed = new WeakMap<object, AuditEvent>();

/**
 * Writes the audit row of a request refused with `error`, which the caller throws next. In somebody
 * else's transaction the row would be rolled back too: then it is owed, and whoever opened that transaction writes it
 * (`payAudit`).
 */
export async function auditRefusal(ctx: Ctx, error: object, event: AuditEvent): Promise<void> {
  if ("rollback" in ctx.db) owed.set(error, event);
  else await inTransaction(ctx.db, (tx) => recordAudit(ctx, tx, event));
}

/** Writes the row owed for `error`, if any. For whoever opened the transaction that it rolled back; `ctx` is from before. */
export async function payAudit(ctx: Ctx, error: unknown): Promise<void> {
  const event = typeof error === "object" && error !== null ? owed.get(error) : undefined;
  if (!event || "rollback" in ctx.db) return;
  owed.delete(error as object);
  await inTransaction(ctx.db, (tx) => recordAudit(ctx, tx, event));
}
