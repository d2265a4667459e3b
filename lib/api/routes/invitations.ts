import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import { CreateInvitationRequest, InvitationCreated, InvitationView } from "#/lib/contract/person.ts";
import { declare } from "../endpoint.ts";
import { ById } from "./path-params.ts";

export const listInvitationsEndpoint = declare({
  method: "GET",
  path: "/invitations",
  id: "listInvitations",
  tag: "Members",
  summary: "List invitations, newest first, with what has become of each",
  action: "member:read",
  query: PageQuery,
  responses: { 200: pageOf(InvitationView) },
});

export const createInvitationEndpoint = declare({
  method: "POST",
  path: "/invitations",
  id: "createInvitation",
  tag: "Members",
  summary: "Invite an email address; the link is shown once, works once and for 7 days",
  action: "member:write",
  body: CreateInvitationRequest,
  secret: true,
  responses: { 201: InvitationCreated },
  errors: ["conflict"],
});

export const revokeInvitationEndpoint = declare({
  method: "DELETE",
  path: "/invitations/{id}",
  id: "revokeInvitation",
  tag: "Members",
  summary: "Revoke an invitation",
  action: "member:write",
  params: ById,
  responses: { 204: null },
  errors: ["not_found", "conflict"],
});

export const resendInvitationEndpoint = declare({
  method: "POST",
  path: "/invitations/{id}/resend",
  id: "resendInvitation",
  tag: "Members",
  summary: "Make a new link, for another 7 days; the one before stops working",
  action: "member:write",
  params: ById,
  secret: true,
  responses: { 200: InvitationCreated },
  errors: ["not_found", "conflict"],
});
