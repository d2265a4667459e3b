import { PolicyView, PutPolicyRequest } from "#/lib/contract/policy.ts";
import { getPolicy } from "#/lib/policies/get-policy.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { ok } from "../answer.ts";
import { operation } from "../operation.ts";

const tag = "Policies";

export const policyOperations = [
  operation({
    method: "GET",
    path: "/policies",
    id: "getPolicy",
    tag,
    summary: "Read the effective policy with the origin of each value, and both levels",
    action: "policy:read",
    answers: { 200: PolicyView },
    handle: async ({ ctx }) => ok(await getPolicy(ctx)),
  }),
  operation({
    method: "PUT",
    path: "/policies",
    id: "putWorkspacePolicy",
    tag,
    summary: "Replace the workspace's policy; absent values are unset",
    action: "policy:write",
    body: PutPolicyRequest,
    answers: { 200: PolicyView },
    handle: async ({ ctx, body }) => ok(await putWorkspacePolicy(ctx, body)),
  }),
  operation({
    method: "PUT",
    path: "/policies/account",
    id: "putAccountPolicy",
    tag,
    summary: "Replace the account's policy, which applies to all its workspaces",
    action: "account_policy:write",
    body: PutPolicyRequest,
    answers: { 200: PolicyView },
    handle: async ({ ctx, body }) => ok(await putAccountPolicy(ctx, body)),
  }),
];
