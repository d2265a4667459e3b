import { sql } from "drizzle-orm";
import { boolean, check, foreignKey, index, integer, pgTable, text } from "drizzle-orm/pg-core";
import { time } from "./columns.ts";
import { accounts, users, workspaces } from "./tenancy.ts";
import { workflows } from "./workflows.ts";

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

/** Live mutations for named nodes of a workflow, until a time; `grantState` decides whether it is in force. */
export const mutationGrants = pgTable(
  "mutation_grants",
  {
    id: text("id").primaryKey(),
    workspaceId: text("workspace_id").notNull(),
    workflowId: text("workflow_id").notNull(),
    nodeIds: text("node_ids").array().notNull(),
    reason: text("reason").notNull(),
    /** In whose name: it ends once this person may no longer grant it. */
    grantedBy: text("granted_by").references(() => users.id, { onDelete: "set null" }),
    createdAt: time("created_at")
      .notNull()
      .default(sql`clock_timestamp()`),
    until: time("until").notNull(),
    needsApproval: boolean("needs_approval").notNull(),
    approvedBy: text("approved_by").references(() => users.id, { onDelete: "set null" }),
    approvedAt: time("approved_at"),
    revokedBy: text("revoked_by").references(() => users.id, { onDelete: "set null" }),
    revokedAt: time("revoked_at"),
  },
  (t) => [
    index("mutation_grants_workspace").on(t.workspaceId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index("mutation_grants_workflow").on(t.workflowId, t.until),
    foreignKey({
      columns: [t.workspaceId, t.workflowId],
      foreignColumns: [workflows.workspaceId, workflows.id],
    }).onDelete("cascade"),
    check("mutation_grants_nodes", sql`cardinality(${t.nodeIds}) > 0`),
    check("mutation_grants_two_persons", sql`${t.approvedBy} <> ${t.grantedBy}`),
  ],
);
