import type { AuditEventView } from "#/lib/contract/administration.ts";
import { selectAuditEvents, type AuditEventRow, type AuditFilter } from "./audit-store.ts";
import type { Ctx } from "./ctx.ts";
import { sliceOf, type After, type Slice } from "./keyset.ts";
import { authorize } from "./permissions.ts";

/** The workspace's audit log, newest first. `from` is inclusive, `to` exclusive (ISO 8601). */
export async function listAuditEvents(
  ctx: Ctx,
  query: { filter: AuditFilter; limit: number; after: After | null },
): Promise<Slice<AuditEventView>> {
  authorize(ctx, "audit:read");
  const page = { limit: query.limit + 1, after: query.after };
  return sliceOf(await selectAuditEvents(ctx.db, ctx.workspace.id, query.filter, page), query.limit, auditEventView);
}

function auditEventView(row: AuditEventRow): AuditEventView {
  return {
    id: row.id,
    action: row.action,
    actor: { kind: row.actorKind, id: row.actorId },
    target: row.target,
    details: row.details,
    requestId: row.requestId,
    createdAt: row.createdAt.toISOString(),
  };
}
