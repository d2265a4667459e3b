import { CreateMutationGrantRequest, MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import { declare } from "../endpoint.ts";
import { ById } from "./path-params.ts";

const tag = "Policies";

export const listMutationGrantsEndpoint = declare({
  method: "GET",
  path: "/mutation-grants",
  id: "listMutationGrants",
  tag,
  summary: "List mutation grants, newest first, with what each is worth now",
  action: "grant:read",
  query: PageQuery,
  responses: { 200: pageOf(MutationGrantView) },
});

export const createMutationGrantEndpoint = declare({
  method: "POST",
  path: "/mutation-grants",
  id: "createMutationGrant",
  tag,
  summary: "Let replays make the mutating calls of named nodes, for at most 24 hours",
  action: "grant:write",
  body: CreateMutationGrantRequest,
  responses: { 201: MutationGrantView },
  errors: ["not_found"],
});

export const approveMutationGrantEndpoint = declare({
  method: "POST",
  path: "/mutation-grants/{id}/approve",
  id: "approveMutationGrant",
  tag,
  summary: "Approve a grant that somebody else asked for; from now on it holds",
  action: "grant:write",
  params: ById,
  responses: { 200: MutationGrantView },
  errors: ["not_found", "conflict"],
});

export const revokeMutationGrantEndpoint = declare({
  method: "POST",
  path: "/mutation-grants/{id}/revoke",
  id: "revokeMutationGrant",
  tag,
  summary: "End a grant, from the next call on",
  action: "grant:write",
  params: ById,
  responses: { 200: MutationGrantView },
  errors: ["not_found"],
});
