import { z } from "zod";
import { ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { readLogsEndpoint } from "#/lib/api/routes/runs.ts";
import { readLogs } from "#/lib/runs/read-logs.ts";

const read = route(readLogsEndpoint)(async ({ ctx, params, query }) => {
  const { limit, cursor, ...filter } = query;
  const of = { list: "logs", filter: { ...filter, runId: params.id } };
  const after = afterOf(ctx, of, z.int().min(0), cursor) ?? filter.after;
  return ok(pageOn(ctx, of, await readLogs(ctx, params.id, { filter: { ...filter, after }, limit })));
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(read);
