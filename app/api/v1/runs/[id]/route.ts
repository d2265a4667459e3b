import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { getRunEndpoint } from "#/lib/api/routes/runs.ts";
import { getRun } from "#/lib/runs/get-run.ts";

const get = route(getRunEndpoint)(async ({ ctx, params }) => ok(await getRun(ctx, params.id)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(get);
