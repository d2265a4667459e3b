"use server";

import { z } from "zod";
import { action } from "#/lib/api/action.ts";
import { PutPolicyRequest } from "#/lib/contract/policy.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";

const PolicyForm = z.strictObject({ policy: PutPolicyRequest });

export const putWorkspacePolicyAction = action(PolicyForm, (ctx, input) => putWorkspacePolicy(ctx, input.policy));
export const putAccountPolicyAction = action(PolicyForm, (ctx, input) => putAccountPolicy(ctx, input.policy));
