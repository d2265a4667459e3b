import { QueryBuilder } from "drizzle-orm/pg-core";
import { runs } from "../schema/runs.ts";

/** The columns of runs that others count, sort by or show, for a statement of another domain. */
export const runRows = <Alias extends string>(alias: Alias) =>
  new QueryBuilder()
    .select({
      id: runs.id,
      workspaceId: runs.workspaceId,
      workflowId: runs.workflowId,
      version: runs.version,
      versionId: runs.versionId,
      replayOf: runs.replayOf,
      parentRun: runs.parentRun,
      createdAt: runs.createdAt,
      finishedAt: runs.finishedAt,
      status: runs.status,
      batchId: runs.batchId,
      costMicros: runs.costMicros,
      effects: runs.effects,
    })
    .from(runs)
    .as(alias);
