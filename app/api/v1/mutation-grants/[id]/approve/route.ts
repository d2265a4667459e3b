import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { approveMutationGrantEndpoint } from "#/lib/api/routes/mutation-grants.ts";
import { approveMutationGrant } from "#/lib/policies/approve-mutation-grant.ts";

const approve = route(approveMutationGrantEndpoint)(async ({ ctx, params }) =>
  ok(await approveMutationGrant(ctx, params.id)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(approve);
