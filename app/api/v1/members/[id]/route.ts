import { noContent, ok } from "#/lib/api/answer.ts";
import { resource, route } from "#/lib/api/route.ts";
import { changeMemberRoleEndpoint, removeMemberEndpoint } from "#/lib/api/routes/administration.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";

const change = route(changeMemberRoleEndpoint)(async ({ ctx, params, body }) =>
  ok(await changeMemberRole(ctx, params.id, body.role)),
);

const remove = route(removeMemberEndpoint)(async ({ ctx, params }) => {
  await removeMember(ctx, params.id);
  return noContent;
});

export const { GET, POST, PUT, PATCH, DELETE } = resource(change, remove);
