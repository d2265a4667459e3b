"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { AddMemberRequest, UpdateMemberRequest } from "#/lib/contract/administration.ts";
import { addMember } from "#/lib/tenancy/add-member.ts";
import { CreateInvitationRequest } from "#/lib/contract/person.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { createInvitation } from "#/lib/tenancy/create-invitation.ts";
import { createPasswordLink } from "#/lib/tenancy/create-password-link.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { resendInvitation } from "#/lib/tenancy/resend-invitation.ts";
import { revokeInvitation } from "#/lib/tenancy/revoke-invitation.ts";

const ById = z.strictObject({ id: z.string().max(100) });

export const addMemberAction = action(AddMemberRequest, addMember);
export const changeMemberRoleAction = action(UpdateMemberRequest.extend(ById.shape), (ctx, input) =>
  changeMemberRole(ctx, input.id, input.role),
);
export const removeMemberAction = action(ById, (ctx, input) => removeMember(ctx, input.id));
export const createPasswordLinkAction = action(ById, (ctx, input) => createPasswordLink(ctx, input.id));
export const createInvitationAction = action(CreateInvitationRequest, createInvitation);
export const resendInvitationAction = action(ById, (ctx, input) => resendInvitation(ctx, input.id));
export const revokeInvitationAction = action(ById, (ctx, input) => revokeInvitation(ctx, input.id));
