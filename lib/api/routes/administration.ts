import { z } from "zod";
import {
  AddMemberRequest,
  ApiKeyCreated,
  ApiKeyView,
  AuditEventView,
  CreateApiKeyRequest,
  MemberView,
  PutVariablesRequest,
  PutWorkspaceRequest,
  UpdateMemberRequest,
  VariablesView,
  WorkspaceSettings,
} from "#/lib/contract/administration.ts";
import { PageQuery, pageOf } from "#/lib/contract/page.ts";
import { PolicyView, PutPolicyRequest } from "#/lib/contract/policy.ts";
import { declare } from "../endpoint.ts";
import { ById, EnvironmentName } from "./path-params.ts";

export const getPolicyEndpoint = declare({
  method: "GET",
  path: "/policies",
  id: "getPolicy",
  tag: "Policies",
  summary: "Read the effective policy with each value's origin, and both levels",
  action: "policy:read",
  responses: { 200: PolicyView },
});

export const putWorkspacePolicyEndpoint = declare({
  method: "PUT",
  path: "/policies",
  id: "putWorkspacePolicy",
  tag: "Policies",
  summary: "Replace the workspace's policy; what is absent is unset",
  action: "policy:write",
  body: PutPolicyRequest,
  responses: { 200: PolicyView },
});

export const putAccountPolicyEndpoint = declare({
  method: "PUT",
  path: "/policies/account",
  id: "putAccountPolicy",
  tag: "Policies",
  summary: "Replace the account's policy, in force in all its workspaces",
  action: "account_policy:write",
  body: PutPolicyRequest,
  responses: { 200: PolicyView },
});

export const listApiKeysEndpoint = declare({
  method: "GET",
  path: "/api-keys",
  id: "listApiKeys",
  tag: "API keys",
  summary: "List API keys, newest first",
  action: "key:read",
  query: PageQuery,
  responses: { 200: pageOf(ApiKeyView) },
});

export const createApiKeyEndpoint = declare({
  method: "POST",
  path: "/api-keys",
  id: "createApiKey",
  tag: "API keys",
  summary: "Create an API key; its secret is shown once",
  action: "key:write",
  body: CreateApiKeyRequest,
  secret: true,
  responses: { 201: ApiKeyCreated },
});

export const revokeApiKeyEndpoint = declare({
  method: "DELETE",
  path: "/api-keys/{id}",
  id: "revokeApiKey",
  tag: "API keys",
  summary: "Revoke an API key",
  action: "key:write",
  params: ById,
  responses: { 204: null },
  errors: ["not_found"],
});

export const listMembersEndpoint = declare({
  method: "GET",
  path: "/members",
  id: "listMembers",
  tag: "Members",
  summary: "List members, longest first",
  action: "member:read",
  query: PageQuery,
  responses: { 200: pageOf(MemberView) },
});

export const addMemberEndpoint = declare({
  method: "POST",
  path: "/members",
  id: "addMember",
  tag: "Members",
  summary: "Add a member by email",
  action: "member:write",
  body: AddMemberRequest,
  responses: { 201: MemberView },
  errors: ["conflict"],
});

export const changeMemberRoleEndpoint = declare({
  method: "PATCH",
  path: "/members/{id}",
  id: "changeMemberRole",
  tag: "Members",
  summary: "Change a member's role",
  action: "member:write",
  params: ById,
  body: UpdateMemberRequest,
  responses: { 200: MemberView },
  errors: ["not_found", "conflict"],
});

export const removeMemberEndpoint = declare({
  method: "DELETE",
  path: "/members/{id}",
  id: "removeMember",
  tag: "Members",
  summary: "Remove a member",
  action: "member:write",
  params: ById,
  responses: { 204: null },
  errors: ["not_found", "conflict"],
});

/** Filters of the audit log; `from` inclusive, `to` exclusive. */
export const AuditQuery = PageQuery.extend({
  action: z.string().max(100).optional(),
  actor: z.string().max(100).optional(),
  target: z.string().max(300).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});

export const listAuditEventsEndpoint = declare({
  method: "GET",
  path: "/audit-events",
  id: "listAuditEvents",
  tag: "Audit",
  summary: "List audit events, newest first",
  action: "audit:read",
  query: AuditQuery,
  responses: { 200: pageOf(AuditEventView) },
});

export const getWorkspaceEndpoint = declare({
  method: "GET",
  path: "/workspace",
  id: "getWorkspace",
  tag: "Workspace",
  summary: "Read the workspace's settings",
  action: "workspace:read",
  responses: { 200: WorkspaceSettings },
});

export const putWorkspaceEndpoint = declare({
  method: "PUT",
  path: "/workspace",
  id: "putWorkspace",
  tag: "Workspace",
  summary: "Replace the workspace's settings; what is absent is unset: runs are then kept for good",
  action: "workspace:write",
  body: PutWorkspaceRequest,
  responses: { 200: WorkspaceSettings },
});

const ByEnvironment = z.object({ name: EnvironmentName });

export const listVariablesEndpoint = declare({
  method: "GET",
  path: "/environments/{name}/variables",
  id: "listVariables",
  tag: "Environments",
  summary: "List an environment's variables; the value of a secret is null",
  action: "variable:read",
  params: ByEnvironment,
  responses: { 200: VariablesView },
});

export const putVariablesEndpoint = declare({
  method: "PUT",
  path: "/environments/{name}/variables",
  id: "putVariables",
  tag: "Environments",
  summary: "Replace an environment's variables",
  action: "variable:write",
  params: ByEnvironment,
  body: PutVariablesRequest,
  responses: { 200: VariablesView },
});
