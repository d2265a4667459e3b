import { and, eq } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { runBodies } from "#/db/schema/runs.ts";
import { workflows, workflowVersions } from "#/db/schema/workflows.ts";
import type { RunRow } from "./run-store.ts";

/** What a held run executes, and on what: its workflow, version and bodies in one read. */
export async function executionOf(db: DbHandle, run: RunRow) {
  const [row] = await db
    .select({
      slug: workflows.slug,
      pausedAt: workflows.pausedAt,
      versionId: workflowVersions.id,
      definition: workflowVersions.definition,
      deletedAt: workflowVersions.deletedAt,
      payload: runBodies.payload,
      replayPlan: runBodies.replayPlan,
    })
    .from(runBodies)
    .innerJoin(workflows, and(eq(workflows.workspaceId, runBodies.workspaceId), eq(workflows.id, run.workflowId)))
    .leftJoin(
      workflowVersions,
      and(eq(workflowVersions.workspaceId, runBodies.workspaceId), eq(workflowVersions.id, run.versionId ?? "")),
    )
    .where(and(eq(runBodies.workspaceId, run.workspaceId), eq(runBodies.runId, run.id)));
  return row ?? null;
}
