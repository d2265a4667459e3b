"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { CreateMutationGrantRequest } from "#/lib/contract/mutation-grant.ts";
import { PutPolicyRequest } from "#/lib/contract/policy.ts";
import { PutWorkspaceRequest } from "#/lib/contract/administration.ts";
import { approveMutationGrant } from "#/lib/policies/approve-mutation-grant.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { revokeMutationGrant } from "#/lib/policies/revoke-mutation-grant.ts";
import { grantMutations } from "#/lib/replay/grant-mutations.ts";
import { changeWorkspaceSettings } from "#/lib/tenancy/workspace-settings.ts";

const PolicyForm = z.strictObject({ policy: PutPolicyRequest });

export const putWorkspacePolicyAction = action(PolicyForm, (ctx, input) => putWorkspacePolicy(ctx, input.policy));
export const putAccountPolicyAction = action(PolicyForm, (ctx, input) => putAccountPolicy(ctx, input.policy));

// A body without the field would mean "keep indefinitely": a form must say so explicitly.
const RetentionForm = z.strictObject({ retentionDays: PutWorkspaceRequest.shape.retentionDays.unwrap() });

export const putRetentionAction = action(RetentionForm, changeWorkspaceSettings);

const PaceForm = z.strictObject({ batchPace: PutWorkspaceRequest.shape.batchPace.unwrap() });

export const putBatchPaceAction = action(PaceForm, changeWorkspaceSettings);

const GrantId = z.strictObject({ id: z.string().max(64) });

export const grantMutationsAction = action(CreateMutationGrantRequest, grantMutations);
export const approveGrantAction = action(GrantId, (ctx, { id }) => approveMutationGrant(ctx, id));
export const revokeGrantAction = action(GrantId, (ctx, { id }) => revokeMutationGrant(ctx, id));
