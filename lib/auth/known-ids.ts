import { getBatch } from "#/lib/batches/get-batch.ts";
import { assertRun } from "#/lib/runs/get-run.ts";
import { getSchedule } from "#/lib/schedules/list-schedules.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { getWorkflow } from "#/lib/workflows/list-workflows.ts";
import { orNotFound } from "./or-not-found.ts";
import { pageContext } from "./page-context.ts";

/** Shows the not-found page, with status 404, unless the run is one of the workspace. For layouts above a `loading.tsx`. */
export async function knownRun(workspaceSlug: string, runId: string): Promise<void> {
  const ctx = await pageContext(workspaceSlug);
  authorize(ctx, "run:read");
  await assertRun(ctx, runId).catch(orNotFound);
}

/** The same for a workflow. */
export async function knownWorkflow(workspaceSlug: string, slug: string): Promise<void> {
  await getWorkflow(await pageContext(workspaceSlug), slug).catch(orNotFound);
}

/** The same for a batch. */
export async function knownBatch(workspaceSlug: string, id: string): Promise<void> {
  await getBatch(await pageContext(workspaceSlug), id).catch(orNotFound);
}

/** The same for a schedule. */
export async function knownSchedule(workspaceSlug: string, id: string): Promise<void> {
  await getSchedule(await pageContext(workspaceSlug), id).catch(orNotFound);
}
