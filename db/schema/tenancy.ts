import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { Role, Scope } from "#/lib/contract/access.ts";
import { jsonBody, time } from "./columns.ts";

export const accounts = pgTable("accounts", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  createdAt: time("created_at").notNull().defaultNow(),
});

export const workspaces = pgTable(
  "workspaces",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id")
      .notNull()
      .references(() => accounts.id),
    slug: text("slug").notNull().unique(),
    name: text("name").notNull(),
    /** Runs at once; the row's lock also makes quota and admission exact. */
    maxRunning: integer("max_running").notNull().default(25),
    /** Days to keep a run after its end; null = indefinitely. */
    retentionDays: integer("retention_days"),
    /** Replays of batches accepted in a rolling minute; what is left of the replay quota is for people. */
    batchPace: integer("batch_pace").notNull().default(15),
    /** When since-deleted replays of the last minute were accepted: they still count against the quota. */
    deletedReplays: time("deleted_replays").array().notNull().default([]),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [
    unique("workspaces_account_id_id").on(t.accountId, t.id),
    check("workspaces_max_running", sql`${t.maxRunning} > 0`),
    check("workspaces_batch_pace", sql`${t.batchPace} between 1 and 19`),
    check("workspaces_retention_days", sql`${t.retentionDays} > 0`),
    check("workspaces_slug", sql`${t.slug} ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?$'`),
  ],
);

export const users = pgTable(
  "users",
  {
    id: text("id").primaryKey(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    passwordHash: text("password_hash"),
    /** The operator or an identity provider vouches for the address; whoever merely held a link may be anybody. */
    emailProven: boolean("email_proven").notNull().default(false),
    /** The account that made this user: its admins make password links. Null = an identity provider's, or nobody's. */
    homeAccountId: text("home_account_id").references(() => accounts.id, { onDelete: "set null" }),
    /** Raised to end every session of the user. */
    sessionVersion: integer("session_version").notNull().default(1),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [
    // One user whose address is vouched for, and beside it one for each account whose link made one.
    uniqueIndex("users_proven_email")
      .on(t.email)
      .where(sql`${t.emailProven}`),
    uniqueIndex("users_email_home").on(t.email, t.homeAccountId),
  ],
);

/** A sign-in. It is valid while its row exists, has not expired, and carries its user's version. */
export const sessions = pgTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    /** The user's, when the password or identity was checked: a session cannot outlive a change made meanwhile. */
    userVersion: integer("user_version").notNull(),
    userAgent: text("user_agent"),
    createdAt: time("created_at").notNull().defaultNow(),
    expiresAt: time("expires_at").notNull(),
  },
  (t) => [index("sessions_user").on(t.userId, t.createdAt), index("sessions_age").on(t.expiresAt)],
);

/** Tries to sign in, counted over all web processes by a hash of email and address, of email, and of address. */
export const signInTries = pgTable(
  "sign_in_tries",
  {
    key: text("key").primaryKey(),
    failures: integer("failures").notNull(),
    /** Tries whose password is being checked: each takes a place as a failure does. */
    trying: integer("trying").notNull(),
    /** The latest failure: the next try waits from then on. */
    failedAt: time("failed_at").notNull().defaultNow(),
    /** When the count starts over. */
    until: time("until").notNull(),
  },
  (t) => [index("sign_in_tries_age").on(t.until)],
);

export const identities = pgTable(
  "identities",
  {
    provider: text("provider").notNull(),
    subject: text("subject").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.subject] })],
);

export const members = pgTable(
  "members",
  {
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    role: text("role").$type<Role>().notNull(),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.userId] }),
    index("members_user").on(t.userId),
    check("members_role", sql`${t.role} in ('viewer', 'operator', 'admin', 'owner')`),
  ],
);

/** Makes its holder, or whoever is signed in with its address, a member, once. Only its token's hash is stored. */
export const invitations = pgTable(
  "invitations",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    email: text("email").notNull(),
    role: text("role").$type<Role>().notNull(),
    /** The name that the inviter entered; somebody new may keep it. */
    name: text("name"),
    tokenHash: text("token_hash").notNull().unique(),
    /** In whose name: it stops working once this person may no longer grant the role. Null = the operator. */
    invitedBy: text("invited_by").references(() => users.id, { onDelete: "cascade" }),
    createdAt: time("created_at").notNull().defaultNow(),
    expiresAt: time("expires_at").notNull(),
    acceptedAt: time("accepted_at"),
    declinedAt: time("declined_at"),
    revokedAt: time("revoked_at"),
  },
  (t) => [
    index("invitations_workspace").on(t.workspaceId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    uniqueIndex("invitations_open")
      .on(t.workspaceId, t.email)
      .where(sql`${t.acceptedAt} is null and ${t.declinedAt} is null and ${t.revokedAt} is null`),
    index("invitations_email")
      .on(t.email)
      .where(sql`${t.acceptedAt} is null and ${t.declinedAt} is null and ${t.revokedAt} is null`),
    check("invitations_role", sql`${t.role} in ('viewer', 'operator', 'admin', 'owner')`),
  ],
);

/** A link with which a member sets a new password, once; a new one replaces the previous. */
export const passwordLinks = pgTable("password_links", {
  userId: text("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  tokenHash: text("token_hash").notNull().unique(),
  createdBy: text("created_by")
    .notNull()
    .references(() => users.id, { onDelete: "cascade" }),
  expiresAt: time("expires_at").notNull(),
});

export const apiKeys = pgTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** First characters of the secret, to recognise it. */
    prefix: text("prefix").notNull(),
    secretHash: text("secret_hash").notNull().unique(),
    scopes: text("scopes").array().$type<Scope[]>().notNull(),
    createdBy: text("created_by").references(() => users.id, { onDelete: "set null" }),
    /** The key that made this one, and with which it is revoked. Null = a person or the operator did. */
    madeWith: text("made_with").references((): AnyPgColumn => apiKeys.id, { onDelete: "set null" }),
    createdAt: time("created_at").notNull().defaultNow(),
    expiresAt: time("expires_at"),
    lastUsedAt: time("last_used_at"),
    revokedAt: time("revoked_at"),
  },
  (t) => [
    index("api_keys_workspace").on(t.workspaceId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("api_keys_made_with")
      .on(t.madeWith)
      .where(sql`${t.madeWith} is not null`),
  ],
);

export const auditEvents = pgTable(
  "audit_events",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    workspaceId: text("workspace_id").notNull(),
    action: text("action").notNull(),
    actorKind: text("actor_kind").$type<"user" | "api_key" | "system">().notNull(),
    actorId: text("actor_id"),
    target: text("target"),
    details: jsonBody<JsonObject>("details").notNull().default({}),
    requestId: text("request_id"),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [
    index("audit_events_workspace").on(t.workspaceId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    foreignKey({
      columns: [t.accountId, t.workspaceId],
      foreignColumns: [workspaces.accountId, workspaces.id],
    }).onDelete("cascade"),
  ],
);

/** What is set for an environment besides its variables; one without a row has what it was born with. */
export const environments = pgTable(
  "environments",
  {
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** How long a run triggered here may wait for its start, as a duration; null = indefinitely. */
    defaultTtl: text("default_ttl"),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.name] })],
);

export const environmentVariables = pgTable(
  "environment_variables",
  {
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    environment: text("environment").notNull(),
    name: text("name").notNull(),
    secret: boolean("secret").notNull(),
    /** Plain text, or a sealed value when `secret`. */
    value: text("value").notNull(),
    updatedAt: time("updated_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.environment, t.name] })],
);

/** Results of POSTs made with an Idempotency-Key, written in the transaction of their effects. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    route: text("route").notNull(),
    key: text("key").notNull(),
    requestHash: text("request_hash").notNull(),
    responseStatus: integer("response_status").notNull(),
    responseHeaders: jsonBody<Record<string, string>>("response_headers").notNull(),
    responseBody: jsonBody("response_body"),
    createdAt: time("created_at").notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.route, t.key] }), index("idempotency_keys_age").on(t.createdAt)],
);

/** Keys whose request is waiting for another server, with no transaction open. A claim that lasts too long is a dead process's. */
export const idempotencyClaims = pgTable(
  "idempotency_claims",
  {
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    route: text("route").notNull(),
    key: text("key").notNull(),
    owner: text("owner").notNull(),
    until: time("until").notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.route, t.key] })],
);
