import type { DbHandle } from "#/db/client.ts";
import type { ReplayRequest } from "#/lib/contract/replay.ts";
import { innerVersion, isOnSourceVersion } from "#/lib/runs/inner-version.ts";
import { lengthsOnWay, loadReused } from "#/lib/runs/load-reused.ts";
import { reusedSteps, takenOver, type ReusedSteps } from "#/lib/runs/reused-steps.ts";
import type { RunRow } from "#/lib/runs/run-store.ts";
import type { SpanRow } from "#/lib/runs/span-store.ts";
import { hopsOf, splitPath, type Hop } from "#/lib/runs/step-path.ts";
import { StepTree, type NodeNow } from "#/lib/runs/step-tree.ts";
import { childrenBySpan } from "#/lib/runs/wait-store.ts";
import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { findVersion, findWorkflow, type VersionRow } from "#/lib/workflows/version-store.ts";

/** A run on the way to the step that a replay starts from, and the version that repeats it. */
export type StartLevel = {
  run: RunRow;
  version: Pick<VersionRow, "workflowId" | "version"> & { definition: WorkflowDefinition };
  spans: readonly SpanRow[];
  nodeNow: NodeNow;
  /** Lengths of the lists of the maps on the way, by span id. */
  lengths: ReadonlyMap<string, number>;
  /** What the run that repeats it takes over. */
  reused: ReusedSteps;
};

/** Where a replay starts: the source first, then the runs inside that the way leads through, as far as it goes. */
export async function loadStart(
  db: DbHandle,
  source: Pick<StartLevel, "run" | "spans" | "nodeNow"> & { version: VersionRow | null },
  { fromNodeId }: Pick<ReplayRequest, "fromNodeId">,
): Promise<StartLevel[]> {
  if (fromNodeId === undefined || !source.version) return [];
  const { workspaceId } = source.run;
  const lengths = await lengthsOnWay(db, workspaceId, source, fromNodeId);
  const { definition } = source.version;
  const reused = reusedSteps(definition, { ...source, lengths }, fromNodeId);
  const levels: StartLevel[] = [{ ...source, version: source.version, lengths, reused }];
  for (let { own, inside } = splitPath(fromNodeId); inside !== null; { own, inside } = splitPath(inside)) {
    const around = levels.at(-1);
    const level = around && (await levelInside(db, around, own, inside));
    if (!level) break;
    levels.push(level);
  }
  return levels;
}

/** The run that the step at `own` started, repeated from `path` on; null when the way does not lead into one. */
async function levelInside(
  db: DbHandle,
  { run, version, spans, nodeNow, reused }: StartLevel,
  own: string,
  path: string,
): Promise<StartLevel | null> {
  const hops = hopsOf(own) ?? [];
  const node = nodeOn(version.definition, hops);
  const host = stepOn(new StepTree(spans, nodeNow), hops);
  if (node?.type !== "workflow" || !host || !reused.ways.includes(own)) return null;
  const { workspaceId } = run;
  // A step that was reused started its run in the run that executed it.
  const origin = host.reusedSpan ?? host.id;
  const child = (await childrenBySpan(db, workspaceId, [origin])).get(origin);
  const workflow = await findWorkflow(db, workspaceId, node.workflow);
  if (!child || child.workflowId !== workflow?.id) return null;
  const asThen = isOnSourceVersion(version, run) ? child.version : null;
  const inner = await findVersion(db, workflow.id, innerVersion(node, asThen));
  if (!inner || inner.deletedAt) return null;
  return { run: child, version: inner, ...(await loadReused(db, workspaceId, child.id, inner.definition, path)) };
}

/** The node that a way ends with; null when the definition has none there. Pure. */
function nodeOn(definition: Pick<WorkflowDefinition, "nodes">, hops: readonly Hop[]): NodeDefinition | null {
  let nodes: readonly NodeDefinition[] = definition.nodes;
  let node: NodeDefinition | null = null;
  for (const hop of hops) {
    node = nodes.find(({ id }) => id === hop.nodeId) ?? null;
    nodes = node?.type === "map" ? node.nodes : [];
  }
  return node;
}

/** The recorded step that a way ends with. Pure. */
function stepOn(tree: StepTree<SpanRow>, hops: readonly Hop[]): SpanRow | null {
  const last = hops.at(-1);
  if (!last) return null;
  const maps = tree.mapsOn(hops);
  if (maps.length < hops.length - 1) return null;
  const around = hops.length === 1 ? null : maps.at(-1)?.items.get(hops.at(-2)?.item ?? -1);
  if (around === undefined) return null;
  return tree.steps(around?.id ?? null).get(last.nodeId) ?? null;
}

/** The spans on the way that the replay takes over, by id: of the source and of the runs inside. Pure. */
export function takenOverOnWay(levels: readonly StartLevel[]): Set<string> {
  return new Set(levels.flatMap(({ reused, spans, nodeNow }) => [...takenOver(reused, spans, nodeNow).keys()]));
}
