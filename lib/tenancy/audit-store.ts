import { and, desc, eq, gte, lt } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { behindRow } from "#/db/keyset-condition.ts";
import { auditEvents } from "#/db/schema/tenancy.ts";
import { checkedMoment } from "#/lib/contract/moment.ts";
import type { After } from "./keyset.ts";

export type AuditEventRow = typeof auditEvents.$inferSelect;
export type AuditFilter = { action?: string; actor?: string; target?: string; from?: string; to?: string };

export async function insertAuditEvent(db: DbHandle, row: typeof auditEvents.$inferInsert): Promise<void> {
  await db.insert(auditEvents).values(row);
}

/** Newest first. */
export function selectAuditEvents(
  db: DbHandle,
  workspaceId: string,
  filter: AuditFilter,
  page: { limit: number; after: After | null },
): Promise<AuditEventRow[]> {
  return db
    .select()
    .from(auditEvents)
    .where(
      and(
        eq(auditEvents.workspaceId, workspaceId),
        filter.action === undefined ? undefined : eq(auditEvents.action, filter.action),
        filter.actor === undefined ? undefined : eq(auditEvents.actorId, filter.actor),
        filter.target === undefined ? undefined : eq(auditEvents.target, filter.target),
        filter.from === undefined ? undefined : gte(auditEvents.createdAt, checkedMoment(filter.from)),
        filter.to === undefined ? undefined : lt(auditEvents.createdAt, checkedMoment(filter.to)),
        behindRow(auditEvents, page.after),
      ),
    )
    .orderBy(desc(auditEvents.createdAt), desc(auditEvents.id))
    .limit(page.limit);
}
