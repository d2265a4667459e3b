import type { DbHandle } from "#/db/client.ts";
import { maxNesting } from "#/lib/runs/workflow-step.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { findVersion, findWorkflow } from "#/lib/workflows/version-store.ts";

/** A workflow that a version runs as a step, with the path of that step (`review/assess`). */
export type InnerWorkflow = { path: string; hostId: string; workflowId: string; definition: WorkflowDefinition };

/**
 * The workflows that a version would run as steps now, and those inside of them, each version once on a path. What is
 * not there (yet) is left out: its step says so when it runs.
 */
export async function loadInnerWorkflows(
  db: DbHandle,
  workspaceId: string,
  definition: WorkflowDefinition,
): Promise<InnerWorkflow[]> {
  const found: InnerWorkflow[] = [];
  const open = [{ definition, path: "", hostId: null as string | null, above: [] as string[] }];
  for (let level = open.shift(); level; level = open.shift()) {
    for (const { node } of placedNodes(level.definition)) {
      if (node.type !== "workflow" || level.above.length >= maxNesting) continue;
      const workflow = await findWorkflow(db, workspaceId, node.workflow);
      const version = workflow && (await findVersion(db, workflow.id, node.version ?? "latest"));
      if (!version || version.deletedAt || level.above.includes(version.id)) continue;
      const inner = version.definition as unknown as WorkflowDefinition;
      const path = level.path === "" ? node.id : `${level.path}/${node.id}`;
      const hostId = level.hostId ?? node.id;
      found.push({ path, hostId, workflowId: workflow.id, definition: inner });
      open.push({ definition: inner, path, hostId, above: [...level.above, version.id] });
    }
  }
  return found;
}
