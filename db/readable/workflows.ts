import { QueryBuilder } from "drizzle-orm/pg-core";
import { versionPrompts, workflows, workflowVersions } from "../schema/workflows.ts";

const rows = new QueryBuilder();

/** Workflows, for a statement of another domain. */
export const workflowRows = <Alias extends string>(alias: Alias) =>
  rows
    .select({
      id: workflows.id,
      workspaceId: workflows.workspaceId,
      slug: workflows.slug,
      name: workflows.name,
      pausedAt: workflows.pausedAt,
    })
    .from(workflows)
    .as(alias);

/** Versions, deleted ones too. */
export const versionRows = <Alias extends string>(alias: Alias) => rows.select().from(workflowVersions).as(alias);

/** Which prompt revisions versions pin. */
export const promptPins = <Alias extends string>(alias: Alias) => rows.select().from(versionPrompts).as(alias);
