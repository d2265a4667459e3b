import { z } from "zod";
import { AuditEventView } from "#/lib/contract/administration.ts";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { afterOf, pageOn, TimeAndId } from "../pagination.ts";

const tag = "Audit";

/** Filters of the audit log; `from` inclusive, `to` exclusive. */
const AuditQuery = PageQuery.extend({
  action: z.string().max(100).optional(),
  actor: z.string().max(100).optional(),
  target: z.string().max(300).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});

export const auditEventOperations = [
  operation({
    method: "GET",
    path: "/audit-events",
    id: "listAuditEvents",
    tag,
    summary: "List audit events, newest first",
    action: "audit:read",
    query: AuditQuery,
    answers: { 200: pageOf(AuditEventView) },
    handle: async ({ ctx, query }) => {
      const { limit, cursor, ...filter } = query;
      const of = { list: "audit-events", filter };
      return ok(
        pageOn(ctx, of, await listAuditEvents(ctx, { filter, limit, after: afterOf(ctx, of, TimeAndId, cursor) })),
      );
    },
  }),
];
