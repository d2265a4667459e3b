import type { Json } from "#/lib/contract/json.ts";
import type { MappingPairs, ReplayRequest } from "#/lib/contract/replay.ts";
import type { ReplayMode } from "#/lib/contract/status.ts";
import {
  callsModel,
  effectiveModelRef,
  effectivePrompt,
  mappedNodeId,
  overridesInside,
  type RunOverrides,
} from "#/lib/runs/overrides.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { buildGraph } from "#/lib/workflows/graph.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { chooseChanges } from "./choose-changes.ts";
import { chooseMapping, type ChosenMapping } from "./choose-mapping.ts";
import type { ReplayFacts } from "./facts.ts";
import type { InnerWorkflow } from "./inner-workflows.ts";
import { definitionOf } from "./node-map.ts";
import { type PlannedCall, plannedCalls } from "./planned-calls.ts";

/** What a replay would do, decided before anything is written. Pure data; stored with the run. */
export type ReplayPlan = {
  mode: ReplayMode;
  targetVersion: number | null;
  overrides: RunOverrides;
  mapping: ChosenMapping["from"];
  nodes: { id: string; action: "execute" | "reuse" | "unmapped" }[];
  calls: PlannedCall[];
  /** Ids of the mutation grants that it relies on. */
  grants: string[];
  renamed: string[];
  unmapped: string[];
  models: { nodeId: string; ref: string }[];
  prompts: { nodeId: string; artifactId: string; contentHash: string }[];
  /** Nodes that the override would change; empty = it has no target. Requested nodes that do not exist are separate. */
  overrideTargets: string[];
  overrideMisses: string[];
  payload: Json;
  environment: string;
  fromNodeId: string | null;
};

/**
 * Plans a replay from facts and request. Pure. Leaves out what the request names but the versions do not have; the
 * guards refuse it.
 */
export function planReplay(facts: ReplayFacts, request: ReplayRequest): ReplayPlan {
  const target = definitionOf(facts.targetVersion);
  const mapping = chooseMapping(facts, request);
  const overrides = overridesOf(facts, request, mapping.pairs);
  const reused = reusedNodes(facts, request, target, overrides);
  const executing = placedNodes(target)
    .map(({ node }) => node)
    .filter((node) => !reused.has(node.id));
  const inner = facts.inner.filter((workflow) => !reused.has(workflow.hostId));
  const targets = overrideTargets(request, executing, inner);
  const calls = plannedCalls(facts, { overrides, reused });
  return {
    mode: request.mode ?? "as_is",
    targetVersion: facts.targetVersion?.version ?? null,
    overrides,
    mapping: mapping.from,
    nodes: [
      ...placedNodes(target).map(({ node }) => ({
        id: node.id,
        action: reused.has(node.id) ? ("reuse" as const) : ("execute" as const),
      })),
      ...mapping.unmapped.map((id) => ({ id, action: "unmapped" as const })),
    ],
    calls,
    grants: [...new Set(calls.flatMap(({ grant }) => grant?.id ?? []))],
    renamed: mapping.renamed,
    unmapped: mapping.unmapped,
    models: [
      ...executing.filter(callsModel).map((node) => ({ nodeId: node.id, ref: effectiveModelRef(node, overrides) })),
      ...inner.flatMap((host) => innerModels(host, overrides)),
    ],
    prompts: executing.filter(callsModel).flatMap((node) => {
      const pin = effectivePrompt(node, overrides);
      return pin ? [{ nodeId: node.id, artifactId: pin.artifact, contentHash: pin.hash }] : [];
    }),
    ...targets,
    payload: request.payload === undefined ? facts.payload : request.payload,
    environment: request.environment ?? facts.source.environment,
    fromNodeId: request.fromNodeId ?? null,
  };
}

/** What the replay changes, by ids of the target version. Nodes that limit the source's own changes are mapped too. */
function overridesOf(facts: ReplayFacts, request: ReplayRequest, nodeMapping: MappingPairs): RunOverrides {
  const { sourceChanges } = facts;
  const nodeIds = sourceChanges?.nodeIds?.flatMap((id) => mappedNodeId(id, { nodeMapping }) ?? []) ?? null;
  return { ...chooseChanges(request, sourceChanges && { ...sourceChanges, nodeIds }), nodeMapping };
}

/** Ids of the nodes whose outcome a replay takes over from its source. Pure. */
export function reusedIn({ nodes }: Pick<ReplayPlan, "nodes">): Set<string> {
  return new Set(nodes.filter(({ action }) => action === "reuse").map(({ id }) => id));
}

/** Why a replay cannot start from this node of the version that would run; null when it can. Pure. */
export function startFault(targetVersion: ReplayFacts["targetVersion"], fromNodeId: string): string | null {
  if (!targetVersion) return null;
  const place = placedNodes(definitionOf(targetVersion)).find(({ node }) => node.id === fromNodeId);
  if (!place) return `is not a node of version ${targetVersion.version}`;
  return place.inside === null ? null : `is inside the map ${place.inside}; a replay can only start outside maps`;
}

/** With a step to start from: every node but that one and what follows it, as far as the source run has an answer. */
function reusedNodes(
  facts: ReplayFacts,
  request: ReplayRequest,
  target: WorkflowDefinition,
  overrides: RunOverrides,
): Set<string> {
  if (request.fromNodeId === undefined || !facts.targetVersion) return new Set();
  const graph = buildGraph(target);
  if (!graph.has(request.fromNodeId)) return new Set();
  const executed = new Set([request.fromNodeId, ...graph.downstreamOf(request.fromNodeId)]);
  const answered = new Set(
    facts.spans
      .filter((span) => span.parentId === null && (span.status === "completed" || span.status === "skipped"))
      .map((span) => mappedNodeId(span.nodeId, overrides)),
  );
  const reused = closedUpwards(graph, (id) => !executed.has(id) && answered.has(id));
  // A map brings along everything inside it; a node comes after the map around it.
  for (const { node, inside } of placedNodes(target)) if (inside !== null && reused.has(inside)) reused.add(node.id);
  return reused;
}

/** A node is reused only if everything it needs is too: otherwise its answer would belong to other inputs. */
function closedUpwards(graph: ReturnType<typeof buildGraph>, keep: (id: string) => boolean): Set<string> {
  const kept = new Set<string>();
  for (const id of graph.order) if (keep(id) && graph.needs(id).every((need) => kept.has(need))) kept.add(id);
  return kept;
}

function innerModels({ path, definition }: InnerWorkflow, overrides: RunOverrides): ReplayPlan["models"] {
  return placedNodes(definition)
    .map(({ node }) => node)
    .filter(callsModel)
    .map((node) => ({ nodeId: `${path}/${node.id}`, ref: effectiveModelRef(node, overridesInside(overrides)) }));
}

function overrideTargets(
  request: ReplayRequest,
  executing: ReturnType<typeof placedNodes>[number]["node"][],
  inner: InnerWorkflow[],
) {
  const named = new Set(request.nodeIds ?? []);
  const isTarget = (node: (typeof executing)[number]) => {
    if (!callsModel(node)) return false;
    if (request.mode === "model") return true;
    const artifact = "artifact" in node.prompt ? node.prompt.artifact : null;
    return request.mode === "prompt" && artifact === request.prompt?.artifactId;
  };
  const own = executing.filter(isTarget).map((node) => node.id);
  const inside = inner.flatMap(({ path, definition }) =>
    placedNodes(definition)
      .filter(({ node }) => isTarget(node))
      .map(({ node }) => `${path}/${node.id}`),
  );
  const chosen = named.size === 0 ? [...own, ...inside] : own.filter((id) => named.has(id));
  return { overrideTargets: chosen, overrideMisses: [...named].filter((id) => !chosen.includes(id)) };
}
