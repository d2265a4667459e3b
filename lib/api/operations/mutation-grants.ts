import { CreateMutationGrantRequest, MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { approveMutationGrant } from "#/lib/policies/approve-mutation-grant.ts";
import { listMutationGrants } from "#/lib/policies/list-mutation-grants.ts";
import { revokeMutationGrant } from "#/lib/policies/revoke-mutation-grant.ts";
import { grantMutations } from "#/lib/replay/grant-mutations.ts";
import { created, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { readPage } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "Policies";

export const mutationGrantOperations = [
  operation({
    method: "GET",
    path: "/mutation-grants",
    id: "listMutationGrants",
    tag,
    summary: "List mutation grants with their current state, newest first",
    action: "grant:read",
    query: PageQuery,
    answers: { 200: pageOf(MutationGrantView) },
    handle: async ({ ctx, query }) =>
      ok(
        await readPage(ctx, { list: "mutation-grants", filter: {} }, query, (slice) => listMutationGrants(ctx, slice)),
      ),
  }),
  operation({
    method: "POST",
    path: "/mutation-grants",
    id: "createMutationGrant",
    tag,
    summary: "Allow replays to make the mutating calls of named nodes for at most 24 hours",
    action: "grant:write",
    body: CreateMutationGrantRequest,
    answers: { 201: MutationGrantView },
    errors: ["not_found"],
    handle: async ({ ctx, body }) => created(await grantMutations(ctx, body)),
  }),
  operation({
    method: "POST",
    path: "/mutation-grants/{id}/approve",
    id: "approveMutationGrant",
    tag,
    summary: "Approve a grant that someone else requested; it takes effect immediately",
    action: "grant:write",
    params: ById,
    answers: { 200: MutationGrantView },
    errors: ["not_found", "conflict"],
    handle: async ({ ctx, params }) => ok(await approveMutationGrant(ctx, params.id)),
  }),
  operation({
    method: "POST",
    path: "/mutation-grants/{id}/revoke",
    id: "revokeMutationGrant",
    tag,
    summary: "Revoke a grant, from the next call on",
    action: "grant:write",
    params: ById,
    answers: { 200: MutationGrantView },
    errors: ["not_found"],
    handle: async ({ ctx, params }) => ok(await revokeMutationGrant(ctx, params.id)),
  }),
];
