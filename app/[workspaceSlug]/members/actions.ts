"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { AddMemberRequest, UpdateMemberRequest } from "#/lib/contract/administration.ts";
import { addMember } from "#/lib/tenancy/add-member.ts";
import { changeMemberRole } from "#/lib/tenancy/change-member-role.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";

const OneMember = z.strictObject({ id: z.string().max(100) });

export const addMemberAction = action(AddMemberRequest, addMember);
export const changeMemberRoleAction = action(UpdateMemberRequest.extend(OneMember.shape), (ctx, input) =>
  changeMemberRole(ctx, input.id, input.role),
);
export const removeMemberAction = action(OneMember, (ctx, input) => removeMember(ctx, input.id));
