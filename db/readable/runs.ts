import { QueryBuilder } from "drizzle-orm/pg-core";
import { runs } from "../schema/runs.ts";

/** The columns of runs that others count or sort by, for a statement of another domain. */
export const runRows = <Alias extends string>(alias: Alias) =>
  new QueryBuilder()
    .select({
      id: runs.id,
      workspaceId: runs.workspaceId,
      replayOf: runs.replayOf,
      parentRun: runs.parentRun,
      createdAt: runs.createdAt,
    })
    .from(runs)
    .as(alias);
