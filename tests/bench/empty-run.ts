import { database } from "#/db/client.ts";
import { createRun } from "#/lib/runs/create-run.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { findVersion } from "#/lib/workflows/version-store.ts";
import { push } from "#/tests/support/engine.ts";
import { createTenant } from "#/tests/support/tenants.ts";

/** A run of a new workspace that no worker takes, into which a benchmark writes the spans that it measures. */
export async function emptyRun() {
  const { system: ctx, workspace } = await createTenant();
  await push(ctx, "big", { name: "big", nodes: [{ id: "only", type: "transform", value: 1 }] });
  const workflow = await loadWorkflow(ctx, "big");
  const version = await findVersion(ctx.db, workflow.id, "latest");
  const { id: runId } = await database().transaction((tx) =>
    createRun(ctx, tx, { workflow, version: version!, payload: {}, trigger: "api", environment: "production" }),
  );
  return { ctx, workspace, runId };
}
