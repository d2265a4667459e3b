import type { Json } from "#/lib/contract/json.ts";
import type { MappingPairs, ReplayRequest } from "#/lib/contract/replay.ts";
import type { ReplayMode } from "#/lib/contract/status.ts";
import { DomainError } from "#/lib/core/errors.ts";
import {
  callsModel,
  effectiveModelRef,
  effectivePrompt,
  mappedNodeId,
  type RunOverrides,
} from "#/lib/runs/overrides.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { buildGraph } from "#/lib/workflows/graph.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import type { ReplayFacts } from "./facts.ts";
import type { InnerWorkflow } from "./inner-workflows.ts";
import { mappingFaults, nodeTypesOf, renamedNodes, unmappedNodes } from "./node-map.ts";
import { type PlannedCall, plannedCalls } from "./planned-calls.ts";

/** What a replay would do, decided before anything is written. Pure data; stored with the run. */
export type ReplayPlan = {
  mode: ReplayMode;
  targetVersion: number | null;
  overrides: RunOverrides;
  /** Where the mapping comes from: the request, or a saved one (id and revision). */
  mapping: { from: "request" } | { from: "saved"; id: string; revision: number } | null;
  nodes: { id: string; action: "execute" | "reuse" | "unmapped" }[];
  calls: PlannedCall[];
  /** Ids of the mutation grants that it relies on. */
  grants: string[];
  renamed: string[];
  unmapped: string[];
  models: { nodeId: string; ref: string }[];
  prompts: { nodeId: string; artifactId: string; contentHash: string }[];
  /** Nodes that the override would change; empty = it has no target. Nodes named by the request that are none are apart. */
  overrideTargets: string[];
  overrideMisses: string[];
  payload: Json;
  environment: string;
  fromNodeId: string | null;
};

const emptyDefinition = { name: "", nodes: [] } as WorkflowDefinition;

/**
 * Plans a replay from facts and request. Pure. Throws only for a request that names what the versions do not have:
 * `mapping_invalid` and `validation_failed` with the field.
 */
export function planReplay(facts: ReplayFacts, request: ReplayRequest): ReplayPlan {
  const source = definitionOf(facts.sourceVersion);
  const target = definitionOf(facts.targetVersion);
  const mapping = chooseMapping(facts, request, source, target);
  const overrides: RunOverrides = {
    prompt: request.prompt ?? null,
    model: request.model ? { ref: request.model.ref } : null,
    nodeIds: request.nodeIds ?? null,
    nodeMapping: mapping.pairs,
  };
  const renamed = crossesVersions(facts) ? renamedIn(facts, source, target) : [];
  const unmapped = unmappedNodes(renamed, mapping.pairs);
  const reused = reusedNodes(facts, request, target, overrides);
  const executing = placedNodes(target)
    .map(({ node }) => node)
    .filter((node) => !reused.has(node.id));
  const inner = facts.inner.filter((workflow) => !reused.has(workflow.hostId));
  const targets = overrideTargets(request, executing, inner);
  const calls = [
    ...plannedCalls(facts, facts.source.workflowId, target, reused, overrides),
    ...inner.flatMap((host) => innerCalls(facts, host)),
  ];
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
      ...unmapped.map((id) => ({ id, action: "unmapped" as const })),
    ],
    calls,
    grants: [...new Set(calls.flatMap(({ grant }) => grant?.id ?? []))],
    renamed,
    unmapped,
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

export function definitionOf(version: { definition: unknown } | null): WorkflowDefinition {
  return version ? (version.definition as WorkflowDefinition) : emptyDefinition;
}

function crossesVersions(facts: ReplayFacts): boolean {
  return facts.targetVersion !== null && facts.targetVersion.version !== facts.source.version;
}

function idsOf(definition: WorkflowDefinition): string[] {
  return placedNodes(definition).map(({ node }) => node.id);
}

function renamedIn(facts: ReplayFacts, source: WorkflowDefinition, target: WorkflowDefinition): string[] {
  const executed = new Set(facts.spans.filter((span) => span.status !== "skipped").map((span) => span.nodeId));
  return renamedNodes(executed, idsOf(source), new Set(idsOf(target)));
}

/** The request's own mapping, or the saved one; one of them as a whole, never a mixture. */
function chooseMapping(
  facts: ReplayFacts,
  request: ReplayRequest,
  source: WorkflowDefinition,
  target: WorkflowDefinition,
): { pairs: MappingPairs; from: ReplayPlan["mapping"] } {
  if (request.nodeMapping !== undefined) {
    const faults = mappingFaults(request.nodeMapping, nodeTypesOf(source), nodeTypesOf(target), "body.nodeMapping");
    if (faults.length > 0 && facts.sourceVersion && facts.targetVersion)
      throw new DomainError(
        "mapping_invalid",
        `The node mapping cannot be used: ${faults[0]?.path} ${faults[0]?.message}`,
        {
          fields: faults.slice(0, 100),
        },
      );
    return { pairs: request.nodeMapping, from: { from: "request" } };
  }
  const saved = crossesVersions(facts) ? facts.savedMapping : null;
  if (!saved) return { pairs: {}, from: null };
  return { pairs: saved.pairs, from: { from: "saved", id: saved.id, revision: saved.revision } };
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
  if (!graph.has(request.fromNodeId))
    throw new DomainError(
      "validation_failed",
      `${request.fromNodeId} is no node of version ${facts.targetVersion.version}.`,
      {
        fields: [{ path: "body.fromNodeId", message: `is no node of version ${facts.targetVersion.version}` }],
      },
    );
  const executed = new Set([request.fromNodeId, ...graph.downstreamOf(request.fromNodeId)]);
  const answered = new Set(
    facts.spans
      .filter((span) => span.parentId === null && (span.status === "completed" || span.status === "skipped"))
      .map((span) => mappedNodeId(span.nodeId, overrides)),
  );
  const reused = closedUpwards(graph, (id) => !executed.has(id) && answered.has(id));
  // A map comes with all that it holds; a node stands behind the map around it.
  for (const { node, inside } of placedNodes(target)) if (inside !== null && reused.has(inside)) reused.add(node.id);
  return reused;
}

/** A node is re-used only if all that it needs is too: otherwise its answer would belong to other inputs. */
function closedUpwards(graph: ReturnType<typeof buildGraph>, keep: (id: string) => boolean): Set<string> {
  const kept = new Set<string>();
  for (const id of graph.order) if (keep(id) && graph.needs(id).every((need) => kept.has(need))) kept.add(id);
  return kept;
}

/** A run inside of a replay takes over its change of prompt or model where that concerns all nodes. */
function inherited(overrides: RunOverrides): RunOverrides {
  const narrowed = overrides.nodeIds !== null;
  return {
    prompt: narrowed ? null : overrides.prompt,
    model: narrowed ? null : overrides.model,
    nodeIds: null,
    nodeMapping: {},
  };
}

function innerModels({ path, definition }: InnerWorkflow, overrides: RunOverrides): ReplayPlan["models"] {
  return placedNodes(definition)
    .map(({ node }) => node)
    .filter(callsModel)
    .map((node) => ({ nodeId: `${path}/${node.id}`, ref: effectiveModelRef(node, inherited(overrides)) }));
}

function innerCalls(facts: ReplayFacts, { path, workflowId, definition }: InnerWorkflow): PlannedCall[] {
  const nothing = { prompt: null, model: null, nodeIds: null, nodeMapping: {} };
  return plannedCalls({ ...facts, spans: [] }, workflowId, definition, new Set(), nothing).map((call) => ({
    ...call,
    nodeId: `${path}/${call.nodeId}`,
  }));
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
