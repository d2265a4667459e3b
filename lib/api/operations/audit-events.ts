import { z } from "zod";
import { AuditEventView } from "#/lib/contract/administration.ts";
import { MomentText } from "#/lib/contract/moment-text.ts";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { ok } from "../answer.ts";
import { exportFormats } from "../audit-export.ts";
import { auditFile } from "../audit-file.ts";
import { operation } from "../operation.ts";
import { readPage } from "../pagination.ts";

const tag = "Audit";

/** Filters of the audit log; `from` inclusive, `to` exclusive. */
const AuditFilter = z.object({
  action: z.string().max(100).optional(),
  actor: z.string().max(100).optional(),
  target: z.string().max(300).optional(),
  from: MomentText.optional(),
  to: MomentText.optional(),
});

export const auditEventOperations = [
  operation({
    method: "GET",
    path: "/audit-events",
    id: "listAuditEvents",
    tag,
    summary: "List audit events, newest first",
    action: "audit:read",
    query: AuditFilter.extend(PageQuery.shape),
    answers: { 200: pageOf(AuditEventView) },
    handle: async ({ ctx, query }) => {
      const { limit, cursor, ...filter } = query;
      const of = { list: "audit-events", filter };
      return ok(await readPage(ctx, of, { limit, cursor }, (slice) => listAuditEvents(ctx, { filter, ...slice })));
    },
  }),
  operation({
    method: "GET",
    path: "/audit-events/export",
    id: "exportAuditEvents",
    tag,
    summary: "Export all matching audit events as a file, newest first",
    action: "audit:read",
    query: AuditFilter.extend({ format: z.enum(exportFormats).default("csv") }),
    answers: { 200: { content: { "text/csv": z.string(), "application/json": z.array(AuditEventView) } } },
    handle: async ({ ctx, query: { format, ...filter }, isStillAllowed }) =>
      auditFile(ctx, filter, format, isStillAllowed),
  }),
];
