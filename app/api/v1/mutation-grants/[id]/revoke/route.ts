import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { revokeMutationGrantEndpoint } from "#/lib/api/routes/mutation-grants.ts";
import { revokeMutationGrant } from "#/lib/policies/revoke-mutation-grant.ts";

const revoke = route(revokeMutationGrantEndpoint)(async ({ ctx, params }) =>
  ok(await revokeMutationGrant(ctx, params.id)),
);

export const { GET, POST, PUT, PATCH, DELETE } = resource(revoke);
