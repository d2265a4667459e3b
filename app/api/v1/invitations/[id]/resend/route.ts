import { ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { resendInvitationEndpoint } from "#/lib/api/routes/invitations.ts";
import { resendInvitation } from "#/lib/tenancy/resend-invitation.ts";

const resend = route(resendInvitationEndpoint)(async ({ ctx, params }) => ok(await resendInvitation(ctx, params.id)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(resend);
