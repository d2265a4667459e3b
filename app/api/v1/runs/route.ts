import { ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn, TimeAndId } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { listRunsEndpoint } from "#/lib/api/routes/runs.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";

const list = route(listRunsEndpoint)(async ({ ctx, query }) => {
  const { limit, cursor, ...filter } = query;
  const of = { list: "runs", filter };
  return ok(pageOn(ctx, of, await listRuns(ctx, { filter, limit, after: afterOf(ctx, of, TimeAndId, cursor) })));
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(list);
