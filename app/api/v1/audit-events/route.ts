import { ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn, TimeAndId } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { listAuditEventsEndpoint } from "#/lib/api/routes/administration.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";

const list = route(listAuditEventsEndpoint)(async ({ ctx, query }) => {
  const { limit, cursor, ...filter } = query;
  const of = { list: "audit-events", filter };
  return ok(pageOn(ctx, of, await listAuditEvents(ctx, { filter, limit, after: afterOf(ctx, of, TimeAndId, cursor) })));
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(list);
