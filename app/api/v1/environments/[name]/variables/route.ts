import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { listVariablesEndpoint, putVariablesEndpoint } from "#/lib/api/routes/administration.ts";
import { listVariables, putVariables } from "#/lib/tenancy/variables.ts";

const list = route(listVariablesEndpoint)(async ({ ctx, params }) => ok(await listVariables(ctx, params.name)));

const put = route(putVariablesEndpoint)(async ({ ctx, params, body }) =>
  ok(await putVariables(ctx, params.name, body)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, put);
