import { created, ok } from "#/lib/api/answer.ts";
import { afterOf, pageOn, TimeAndId } from "#/lib/api/pagination.ts";
import { resource, route } from "#/lib/api/route.ts";
import { createMutationGrantEndpoint, listMutationGrantsEndpoint } from "#/lib/api/routes/mutation-grants.ts";
import { listMutationGrants } from "#/lib/policies/list-mutation-grants.ts";
import { grantMutations } from "#/lib/replay/grant-mutations.ts";

const list = route(listMutationGrantsEndpoint)(async ({ ctx, query: { limit, cursor } }) => {
  const of = { list: "mutation-grants", filter: {} };
  return ok(pageOn(ctx, of, await listMutationGrants(ctx, { limit, after: afterOf(ctx, of, TimeAndId, cursor) })));
});

const create = route(createMutationGrantEndpoint)(async ({ ctx, body }) => created(await grantMutations(ctx, body)));

export const { GET, POST, PUT, PATCH, DELETE } = resource(list, create);
