import { AddMemberRequest, MemberInvited, MemberView, UpdateMemberRequest } from "#/lib/contract/administration.ts";
import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import { addMember } from "#/lib/tenancy/add-member.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { listMembers } from "#/lib/tenancy/list-members.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { created, noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { readPage } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "Members";

export const memberOperations = [
  operation({
    method: "GET",
    path: "/members",
    id: "listMembers",
    tag,
    summary: "List members, longest-standing first",
    action: "member:read",
    query: PageQuery,
    answers: { 200: pageOf(MemberView) },
    handle: async ({ ctx, query }) =>
      ok(await readPage(ctx, { list: "members", filter: {} }, query, (slice) => listMembers(ctx, slice))),
  }),
  operation({
    method: "POST",
    path: "/members",
    id: "addMember",
    tag,
    summary: "Invite a member by email without a link; they accept on their account page",
    action: "member:write",
    body: AddMemberRequest,
    answers: { 201: MemberInvited },
    errors: ["conflict"],
    handle: async ({ ctx, body }) => created(await addMember(ctx, body)),
  }),
  operation({
    method: "PATCH",
    path: "/members/{id}",
    id: "changeMemberRole",
    tag,
    summary: "Change a member's role",
    action: "member:write",
    params: ById,
    body: UpdateMemberRequest,
    answers: { 200: MemberView },
    errors: ["not_found", "conflict"],
    handle: async ({ ctx, params, body }) => ok(await changeMemberRole(ctx, params.id, body.role)),
  }),
  operation({
    method: "DELETE",
    path: "/members/{id}",
    id: "removeMember",
    tag,
    summary: "Remove a member",
    action: "member:write",
    params: ById,
    answers: { 204: null },
    errors: ["not_found", "conflict"],
    handle: async ({ ctx, params }) => {
      await removeMember(ctx, params.id);
      return noContent;
    },
  }),
];
