import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { getPolicyEndpoint, putWorkspacePolicyEndpoint } from "#/lib/api/routes/administration.ts";
import { getPolicy } from "#/lib/policies/get-policy.ts";
import { putWorkspacePolicy } from "#/lib/policies/put-policy.ts";

const get = route(getPolicyEndpoint)(async ({ ctx }) => ok(await getPolicy(ctx)));

const put = route(putWorkspacePolicyEndpoint)(async ({ ctx, body }) => ok(await putWorkspacePolicy(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(get, put);
