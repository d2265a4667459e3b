import { QueryBuilder } from "drizzle-orm/pg-core";
import { runs } from "../schema/runs.ts";

/** Runs as far as others count or place them, for a statement of another domain. */
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
