import { created, ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn, TimeAndId } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { addMemberEndpoint, listMembersEndpoint } from "#/lib/api/routes/administration.ts";
import { addMember } from "#/lib/tenancy/add-member.ts";
import { listMembers } from "#/lib/tenancy/list-members.ts";

const list = route(listMembersEndpoint)(async ({ ctx, query: { limit, cursor } }) => {
  const of = { list: "members", filter: {} };
  return ok(pageOn(ctx, of, await listMembers(ctx, { limit, after: afterOf(ctx, of, TimeAndId, cursor) })));
});

const add = route(addMemberEndpoint)(async ({ ctx, body }) => created(await addMember(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, add);
