import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { putAccountPolicyEndpoint } from "#/lib/api/routes/administration.ts";
import { putAccountPolicy } from "#/lib/policies/put-policy.ts";

const put = route(putAccountPolicyEndpoint)(async ({ ctx, body }) => ok(await putAccountPolicy(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(put);
