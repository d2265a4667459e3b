import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { compareRunsEndpoint } from "#/lib/api/routes/runs.ts";
import { compareTwoRuns } from "#/lib/traces/compare-runs.ts";

const compare = route(compareRunsEndpoint)(async ({ ctx, params }) =>
  ok(await compareTwoRuns(ctx, params.id, params.otherId)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(compare);
