import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { getRevisionEndpoint } from "#/lib/api/routes/prompts.ts";
import { getRevision } from "#/lib/prompts/get-revision.ts";

const get = route(getRevisionEndpoint)(async ({ ctx, params }) => ok(await getRevision(ctx, params.id, params.hash)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(get);
