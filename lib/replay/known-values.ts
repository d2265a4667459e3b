import type { DbHandle } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { mappedNodeId } from "#/lib/runs/overrides.ts";
import { nodeFacts } from "#/lib/runs/place.ts";
import { smallOutputs, type SpanRow } from "#/lib/runs/span-store.ts";
import { httpSpecOf, toolOf } from "#/lib/tools/tool-source.ts";
import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { buildGraph } from "#/lib/workflows/graph.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { readInput } from "#/lib/workflows/read-input.ts";
import { toolCalls } from "#/lib/workflows/tool-calls.ts";
import type { ReplayFacts } from "./facts.ts";
import type { KnownValues } from "./filled-request.ts";
import { definitionOf } from "./node-map.ts";
import { reusedIn, type ReplayPlan } from "./plan.ts";

/** Loads what is known of the values that fill the plan's requests; only those outputs that the requests read. */
export async function loadKnownValues(
  db: DbHandle,
  facts: ReplayFacts,
  plan: ReplayPlan,
  env: KnownValues["env"],
): Promise<KnownValues> {
  const target = definitionOf(facts.targetVersion);
  const repeated = repeatedNodes(facts, plan);
  const read = nodesRead(facts, target, repeated);
  const [{ trigger }, nodes] = await Promise.all([
    readInput({ workspaceId: facts.source.workspaceId, definition: target }, plan.payload),
    read.size === 0 ? {} : outcomesOf(db, facts, plan, read),
  ]);
  return { trigger, nodes, env };
}

/**
 * The nodes whose recorded outcome the replay reuses, or can be expected to repeat: nothing that it changes comes
 * before them. Another version, payload or environment changes everything that runs again; another prompt or model
 * changes the nodes that get it; and whatever reads the run itself is new in every run. Pure.
 */
export function repeatedNodes(
  facts: Pick<ReplayFacts, "source" | "payload" | "targetVersion">,
  plan: Pick<ReplayPlan, "nodes" | "targetVersion" | "payload" | "environment" | "overrideTargets">,
): Set<string> {
  const { source } = facts;
  const isAsItWas =
    plan.targetVersion === source.version && plan.payload === facts.payload && plan.environment === source.environment;
  if (!isAsItWas) return reusedIn(plan);
  const target = definitionOf(facts.targetVersion);
  const graph = buildGraph(target);
  const overridden = new Set(plan.overrideTargets.map((path) => path.split("/")[0]));
  const changed = placedNodes(target)
    .filter(({ node }) => overridden.has(node.id) || readsRun(node))
    .map(({ node, inside }) => inside ?? node.id);
  const reached = new Set(changed.flatMap((id) => [id, ...graph.downstreamOf(id)]));
  const reused = reusedIn(plan);
  return new Set(graph.order.filter((id) => reused.has(id) || !reached.has(id)));
}

/** Whether a node may read the run. Judged by the text of its expressions: compiling them all would cost too much. */
function readsRun(node: NodeDefinition): boolean {
  return /\brun\b/.test(node.when ?? "") || holdsRun(node as unknown as Json);
}

function holdsRun(value: Json): boolean {
  if (typeof value === "string") return value.split("{{").slice(1).some(namesRun);
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(holdsRun);
}

/** What follows `{{`: anything up to the last `}}` may be an expression. */
function namesRun(text: string): boolean {
  const end = text.lastIndexOf("}}");
  return /\brun\b/.test(end === -1 ? text : text.slice(0, end));
}

/** Names in a text behind `{{`, which may be those of nodes. */
const names = /[A-Za-z_][A-Za-z0-9_-]*/g;

/**
 * Those of the nodes that addresses may read, directly or through the arguments that a node passes. Judged by the text of the
 * expressions, as `readsRun` does; one that only looks like a name costs a read, and fills nothing.
 */
function nodesRead(facts: ReplayFacts, target: WorkflowDefinition, among: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  const look = (value: Json) => {
    if (typeof value === "string") {
      const start = value.indexOf("{{");
      if (start === -1) return;
      for (const [name] of value.slice(start).matchAll(names)) if (among.has(name)) found.add(name);
    } else if (typeof value === "object" && value !== null) Object.values(value).forEach(look);
  };
  for (const { source, given } of toolCalls(target)) {
    const spec = httpSpecOf(source, toolOf(source, facts.tools));
    if (spec) look([spec.method, spec.url, spec.query ?? null, given]);
  }
  return found;
}

/** In bytes of all bodies that are read: values in an address are short. */
const longestBodies = 1024 * 1024;

/** What the record holds for these nodes of the target version, as far as it is small. */
async function outcomesOf(
  db: DbHandle,
  { spans, source }: ReplayFacts,
  { overrides }: ReplayPlan,
  ids: ReadonlySet<string>,
): Promise<{ [id: string]: JsonObject }> {
  const ended = spans.flatMap((span) => {
    const id = span.parentId === null ? mappedNodeId(span.nodeId, overrides) : null;
    const isEnd = span.key === span.nodeId && (span.status === "completed" || span.status === "skipped");
    return id !== null && isEnd && ids.has(id) ? [{ id, span }] : [];
  });
  const completed = ended.filter(({ span }) => span.status === "completed").map(({ span }) => holderOf(span));
  const outputs = await smallOutputs(db, source.workspaceId, completed, longestBodies);
  return Object.fromEntries(
    ended.flatMap(({ id, span }): [string, JsonObject][] => {
      if (span.status === "skipped") return [[id, nodeFacts("skipped", null)]];
      const output = outputs.get(holderOf(span));
      return output === undefined ? [] : [[id, nodeFacts("completed", output)]];
    }),
  );
}

/** The span that holds the body. */
function holderOf(span: SpanRow): string {
  return span.reusedSpan ?? span.id;
}
