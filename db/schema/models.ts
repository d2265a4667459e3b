import { sql } from "drizzle-orm";
import { check, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { ModelPrice } from "#/lib/contract/model.ts";
import { jsonBody, time } from "./columns.ts";
import { workspaces } from "./tenancy.ts";

/** What a workspace adds to or changes in the built-in catalogue: a retired model, or a model of its own. */
export const workspaceModels = pgTable(
  "workspace_models",
  {
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    ref: text("ref").notNull(),
    modelId: text("model_id").notNull(),
    provider: text("provider").notNull(),
    name: text("name").notNull(),
    retiredAt: time("retired_at"),
    price: jsonBody<ModelPrice>("price"),
    updatedAt: time("updated_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.ref] }),
    check("workspace_models_ref", sql`${t.ref} = ${t.provider} || ':' || ${t.modelId}`),
  ],
);

/** A workspace's own access to a provider; the key is sealed with the workspace and provider as its context. */
export const providerAccess = pgTable(
  "provider_access",
  {
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    provider: text("provider").notNull(),
    kind: text("kind").$type<"anthropic" | "openai" | "openai-compatible">().notNull(),
    baseUrl: text("base_url").notNull(),
    sealedKey: text("sealed_key").notNull(),
    updatedAt: time("updated_at").notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.provider] }),
    check("provider_access_kind", sql`${t.kind} in ('anthropic', 'openai', 'openai-compatible')`),
  ],
);

/**
 * A provider that failed a workspace's calls lately; gone with its first answer. `openedAt`: since when it counts as down, and
 * is asked no sooner than at `askAt`.
 */
export const providerCircuits = pgTable(
  "provider_circuits",
  {
    workspaceId: text("workspace_id")
      .notNull()
      .references(() => workspaces.id, { onDelete: "cascade" }),
    provider: text("provider").notNull(),
    /** Calls in a row that it did not answer. */
    failures: integer("failures").notNull(),
    failedAt: time("failed_at").notNull().defaultNow(),
    openedAt: time("opened_at"),
    askAt: time("ask_at").notNull().defaultNow(),
    lastError: text("last_error").notNull(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.provider] })],
);
