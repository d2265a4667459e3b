import { boolean, integer, pgTable, text } from "drizzle-orm/pg-core";
import { time } from "./columns.ts";
import { accounts, workspaces } from "./tenancy.ts";

/** null = this level says nothing; an empty list = none allowed. */
const values = {
  allowedModels: text("allowed_models").array(),
  allowedProviders: text("allowed_providers").array(),
  allowMutations: boolean("allow_mutations"),
  revision: integer("revision").notNull().default(1),
  updatedAt: time("updated_at").notNull().defaultNow(),
  updatedBy: text("updated_by"),
};

export const accountPolicies = pgTable("account_policies", {
  accountId: text("account_id")
    .primaryKey()
    .references(() => accounts.id, { onDelete: "cascade" }),
  ...values,
});

export const workspacePolicies = pgTable("workspace_policies", {
  workspaceId: text("workspace_id")
    .primaryKey()
    .references(() => workspaces.id, { onDelete: "cascade" }),
  ...values,
});
