import { noContent } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { revokeInvitationEndpoint } from "#/lib/api/routes/invitations.ts";
import { revokeInvitation } from "#/lib/tenancy/revoke-invitation.ts";

const revoke = route(revokeInvitationEndpoint)(async ({ ctx, params }) => {
  await revokeInvitation(ctx, params.id);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(revoke);
