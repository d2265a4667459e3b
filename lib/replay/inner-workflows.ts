import type { DbHandle } from "#/db/client.ts";
import { innerVersion } from "#/lib/runs/inner-version.ts";
import type { RunRow } from "#/lib/runs/run-store.ts";
import { childrenByNode } from "#/lib/runs/wait-store.ts";
import { maxNesting } from "#/lib/runs/workflow-step.ts";
import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { findVersion, findWorkflow } from "#/lib/workflows/version-store.ts";

/** A workflow that a version runs as a step, with the path of that step (`review/assess`). */
export type InnerWorkflow = { path: string; hostId: string; workflowId: string; definition: WorkflowDefinition };

type Level = {
  definition: WorkflowDefinition;
  path: string;
  hostId: string | null;
  /** Versions on the way here. */
  above: string[];
  /** The runs that the replay repeats at this level, all of this very version. */
  originals: RunRow[];
};
type WorkflowNode = Extract<NodeDefinition, { type: "workflow" }>;

/**
 * The workflows that a version would run as steps now, and those inside of them, each version once on a path. `originals`:
 * the source run, when the replay is on its version; steps that name no version then run what they ran in it. What is not
 * there (yet) is left out: its step says so when it runs.
 */
export async function loadInnerWorkflows(
  db: DbHandle,
  workspaceId: string,
  definition: WorkflowDefinition,
  originals: RunRow[],
): Promise<InnerWorkflow[]> {
  const found: InnerWorkflow[] = [];
  const open: Level[] = [{ definition, path: "", hostId: null, above: [], originals }];
  for (let level = open.shift(); level; level = open.shift()) {
    const nodes = placedNodes(level.definition).flatMap(({ node }) => (node.type === "workflow" ? [node] : []));
    if (nodes.length === 0 || level.above.length >= maxNesting) continue;
    const children = await childrenByNode(db, level.originals);
    for (const node of nodes) {
      const workflow = await findWorkflow(db, workspaceId, node.workflow);
      if (!workflow) continue;
      const then = (children.get(node.id) ?? []).filter((run) => run.workflowId === workflow.id);
      for (const wanted of versionsOf(node, then)) {
        const version = await findVersion(db, workflow.id, wanted);
        if (!version || version.deletedAt || level.above.includes(version.id)) continue;
        const inner = version.definition as unknown as WorkflowDefinition;
        const path = level.path === "" ? node.id : `${level.path}/${node.id}`;
        const hostId = level.hostId ?? node.id;
        found.push({ path, hostId, workflowId: workflow.id, definition: inner });
        const same = then.filter((run) => run.version === version.version);
        open.push({ definition: inner, path, hostId, above: [...level.above, version.id], originals: same });
      }
    }
  }
  return found;
}

/** One version, or several: the items of a map may have run different ones, and new items run the newest. */
function versionsOf(node: WorkflowNode, then: readonly RunRow[]): Set<number | "latest"> {
  return new Set(then.length === 0 ? [innerVersion(node, null)] : then.map((run) => innerVersion(node, run.version)));
}
