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
import { reusedSteps, takenOver, type ReusedSteps } from "#/lib/runs/reused-steps.ts";
import { isStep } from "#/lib/runs/step-view.ts";
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
  /** Paths of the steps that the replay starts inside of; the engine keeps their lists and continues their runs. */
  ways: readonly string[];
};

/**
 * Plans a replay from facts and request. Pure. Leaves out what the request names but the versions do not have; the
 * guards refuse it.
 */
export function planReplay(facts: ReplayFacts, request: ReplayRequest): ReplayPlan {
  const target = definitionOf(facts.targetVersion);
  const mapping = chooseMapping(facts, request);
  const overrides = overridesOf(facts, request, mapping.pairs);
  const { nodes: reused, ways } = reuseOf(facts, request.fromNodeId ?? null, overrides);
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
    ways,
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

/** What the replay takes over of its source's own steps. Pure. */
export function reuseOf(
  { spans, lengths, targetVersion }: Pick<ReplayFacts, "spans" | "lengths" | "targetVersion">,
  fromNodeId: string | null,
  overrides: Pick<RunOverrides, "nodeMapping">,
): ReusedSteps {
  const nodeNow = (nodeThen: string) => mappedNodeId(nodeThen, overrides);
  return reusedSteps(definitionOf(targetVersion), { spans, nodeNow, lengths }, fromNodeId);
}

/** How many recorded steps the replay takes over: of its source, and of the runs inside on the way to where it starts. */
export function countReused(facts: ReplayFacts, { fromNodeId, overrides }: ReplayPlan): number {
  const nodeNow = (nodeThen: string) => mappedNodeId(nodeThen, overrides);
  const own = { reused: reuseOf(facts, fromNodeId, overrides), spans: facts.spans, nodeNow };
  const counts = [own, ...facts.inside].map((level) => {
    const kept = takenOver(level.reused, level.spans, level.nodeNow);
    return level.spans.filter((span) => kept.has(span.id) && isStep(span)).length;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

function innerModels({ path, definition, reused }: InnerWorkflow, overrides: RunOverrides): ReplayPlan["models"] {
  return placedNodes(definition)
    .map(({ node }) => node)
    .filter((node) => !reused.has(node.id))
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
  const inside = inner.flatMap(({ path, definition, reused }) =>
    placedNodes(definition)
      .filter(({ node }) => !reused.has(node.id) && isTarget(node))
      .map(({ node }) => `${path}/${node.id}`),
  );
  const chosen = named.size === 0 ? [...own, ...inside] : own.filter((id) => named.has(id));
  return { overrideTargets: chosen, overrideMisses: [...named].filter((id) => !chosen.includes(id)) };
}
