import { pageOf, PageQuery } from "#/lib/contract/page.ts";
import {
  CreateInvitationRequest,
  DeclineInvitationRequest,
  InvitationCreated,
  InvitationView,
} from "#/lib/contract/person.ts";
import { createInvitation } from "#/lib/tenancy/create-invitation.ts";
import { declineByLink } from "#/lib/tenancy/decline-invitation.ts";
import { listInvitations } from "#/lib/tenancy/list-invitations.ts";
import { resendInvitation } from "#/lib/tenancy/resend-invitation.ts";
import { revokeInvitation } from "#/lib/tenancy/revoke-invitation.ts";
import { created, noContent, ok } from "../answer.ts";
import { operation } from "../operation.ts";
import { readPage } from "../pagination.ts";
import { ById } from "./path-params.ts";

const tag = "Members";

export const invitationOperations = [
  operation({
    method: "GET",
    path: "/invitations",
    id: "listInvitations",
    tag,
    summary: "List invitations with their state, newest first",
    action: "member:read",
    query: PageQuery,
    answers: { 200: pageOf(InvitationView) },
    handle: async ({ ctx, query }) =>
      ok(await readPage(ctx, { list: "invitations", filter: {} }, query, (slice) => listInvitations(ctx, slice))),
  }),
  operation({
    method: "POST",
    path: "/invitations",
    id: "createInvitation",
    tag,
    summary: "Invite an email address; the link is shown once, works once and expires after 7 days",
    action: "member:write",
    body: CreateInvitationRequest,
    secret: true,
    answers: { 201: InvitationCreated },
    errors: ["conflict"],
    handle: async ({ ctx, body }) => created(await createInvitation(ctx, body)),
  }),
  operation({
    method: "DELETE",
    path: "/invitations/{id}",
    id: "revokeInvitation",
    tag,
    summary: "Revoke an invitation: withdraw it before it is accepted",
    action: "member:write",
    params: ById,
    answers: { 204: null },
    errors: ["not_found", "conflict"],
    handle: async ({ ctx, params }) => {
      await revokeInvitation(ctx, params.id);
      return noContent;
    },
  }),
  operation({
    method: "POST",
    path: "/invitations/decline",
    id: "declineInvitation",
    tag,
    summary: "Decline an invitation of any workspace by the token of its link",
    action: "invitation:decline",
    body: DeclineInvitationRequest,
    answers: { 204: null },
    errors: ["not_found"],
    handle: async ({ ctx, body }) => {
      await declineByLink(ctx.db, { token: body.token, requestId: ctx.requestId });
      return noContent;
    },
  }),
  operation({
    method: "POST",
    path: "/invitations/{id}/resend",
    id: "resendInvitation",
    tag,
    summary: "Create a new link, valid for 7 days; the previous link stops working",
    action: "member:write",
    params: ById,
    secret: true,
    answers: { 200: InvitationCreated },
    errors: ["not_found", "conflict"],
    handle: async ({ ctx, params }) => ok(await resendInvitation(ctx, params.id)),
  }),
];
