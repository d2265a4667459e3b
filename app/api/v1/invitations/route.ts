import { created, ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn, TimeAndId } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createInvitationEndpoint, listInvitationsEndpoint } from "#/lib/api/routes/invitations.ts";
import { createInvitation } from "#/lib/tenancy/create-invitation.ts";
import { listInvitations } from "#/lib/tenancy/list-invitations.ts";

const list = route(listInvitationsEndpoint)(async ({ ctx, query: { limit, cursor } }) => {
  const of = { list: "invitations", filter: {} };
  return ok(pageOn(ctx, of, await listInvitations(ctx, { limit, after: afterOf(ctx, of, TimeAndId, cursor) })));
});

const create = route(createInvitationEndpoint)(async ({ ctx, body }) => created(await createInvitation(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
