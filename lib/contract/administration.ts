import { defaultBatchPace, replayQuota } from "./replay.ts";
import { z } from "zod";
import { Role, Scope } from "./access.ts";
import { JsonValue } from "./json.ts";
import { MomentText } from "./moment-text.ts";
import { recordOf } from "./record.ts";
import { Timestamp } from "./run.ts";
import { text } from "./text.ts";

export const CreateApiKeyRequest = z
  .strictObject({
    name: text().min(1).max(100),
    scopes: z.array(Scope).min(1).meta({ description: "A key can only grant scopes that it has itself." }),
    expiresAt: MomentText.optional().meta({
      description: "Without it the key does not expire. A key that expires can only create keys that expire no later.",
    }),
  })
  .meta({ id: "CreateApiKeyRequest" });
export const ApiKeyCreated = z.object({ id: z.string(), secret: z.string() }).meta({ id: "ApiKeyCreated" });
export type ApiKeyCreated = z.infer<typeof ApiKeyCreated>;

export const ApiKeyView = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(Scope),
    createdBy: z.string().nullable().meta({ description: "The member it acts for; it ends with their membership" }),
    createdAt: Timestamp,
    expiresAt: Timestamp.nullable(),
    lastUsedAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: "ApiKey" });
export type ApiKeyView = z.infer<typeof ApiKeyView>;

export const MemberView = z
  .object({ id: z.string(), email: z.string(), name: z.string(), role: Role, createdAt: Timestamp })
  .meta({ id: "Member" });
export type MemberView = z.infer<typeof MemberView>;

export const AddMemberRequest = z
  .strictObject({ email: z.email().max(320), name: text().trim().min(1).max(200).optional(), role: Role })
  .meta({ id: "AddMemberRequest" });
/** What was sent, and nothing about the person: they become a member when they accept. */
export const MemberInvited = z
  .object({ email: z.string(), name: z.string().optional(), role: Role })
  .meta({ id: "MemberInvited" });
export type MemberInvited = z.infer<typeof MemberInvited>;
export const UpdateMemberRequest = z.strictObject({ role: Role }).meta({ id: "UpdateMemberRequest" });

export const AuditEventView = z
  .object({
    id: z.string(),
    action: z.string(),
    actor: z.object({ kind: z.enum(["user", "api_key", "system"]), id: z.string().nullable() }),
    target: z.string().nullable(),
    details: z.record(z.string(), JsonValue),
    requestId: z.string().nullable(),
    createdAt: Timestamp,
  })
  .meta({ id: "AuditEvent" });
export type AuditEventView = z.infer<typeof AuditEventView>;

const variableValue = z.union([
  text().max(65_536),
  z.strictObject({ value: text().max(65_536), secret: z.boolean().default(false) }),
]);

/** `PUT /environments/{name}/variables` replaces the environment's variables; an absent one is removed. */
export const PutVariablesRequest = z
  .strictObject({ variables: recordOf(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/), variableValue) })
  .meta({ id: "PutVariablesRequest" });
export type PutVariablesRequest = z.infer<typeof PutVariablesRequest>;

export const VariablesView = z
  .object({
    environment: z.string(),
    variables: z.array(z.object({ name: z.string(), secret: z.boolean(), value: z.string().nullable() })),
  })
  .meta({ id: "Variables" });
export type VariablesView = z.infer<typeof VariablesView>;

export const EnvironmentView = z
  .object({
    name: z.string(),
    defaultTtl: z.string().nullable().meta({
      description: "How long a run triggered here without a TTL may wait for its start; null = indefinitely",
    }),
  })
  .meta({ id: "Environment" });
export type EnvironmentView = z.infer<typeof EnvironmentView>;

/** `PUT /environments/{name}` replaces; what is absent is unset. */
export const PutEnvironmentRequest = z
  .strictObject({
    defaultTtl: z.string().max(64).nullable().default(null).meta({ description: "A duration (3s, 10m, 1h)" }),
  })
  .meta({ id: "PutEnvironmentRequest" });
export type PutEnvironmentRequest = z.infer<typeof PutEnvironmentRequest>;

/** A workspace's settings. `retentionDays`: how many days after their end runs are deleted; null = never. */
export const WorkspaceSettings = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    maxRunning: z.int().meta({ description: "Runs at once" }),
    retentionDays: z.int().nullable(),
    batchPace: z
      .int()
      .meta({ description: "Replays of batches that are accepted in a minute, of the 20 of all replays" }),
  })
  .meta({ id: "WorkspaceSettings" });
export type WorkspaceSettings = z.infer<typeof WorkspaceSettings>;

export const PutWorkspaceRequest = z
  .strictObject({
    retentionDays: z.int().min(1).max(36_500).nullable().default(null),
    batchPace: z
      .int()
      .min(1)
      .max(replayQuota.limit - 1)
      .default(defaultBatchPace)
      .meta({ description: "Replays of batches that are accepted in a minute, of the 20 of all replays" }),
  })
  .meta({ id: "PutWorkspaceRequest" });
export type PutWorkspaceRequest = z.infer<typeof PutWorkspaceRequest>;
