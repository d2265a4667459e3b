import { hopsOf, splitPath, type Hop } from "#/lib/runs/step-path.ts";
import { StepTree } from "#/lib/runs/step-tree.ts";
import type { SpanRow } from "#/lib/runs/span-store.ts";
import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { buildGraph } from "#/lib/workflows/graph.ts";
import { nearestName } from "#/lib/workflows/nearest-name.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import type { StartLevel } from "./load-start.ts";

/** What is needed of a run on the way. */
type Level = Pick<StartLevel, "spans" | "nodeNow" | "lengths"> & {
  version: { version: number; definition: WorkflowDefinition };
};
/** What is wrong with a path, and what may have been meant, the likeliest first. */
type Fault = { what: string; meant: (string | null)[] };

/**
 * Why a replay cannot start from the step at this path, with the nearest path from which it can where one is near; null
 * when it can. `levels`: the source, as the version that would run repeats it, and the runs inside on the way. Pure.
 */
export function startFault(levels: readonly Level[], path: string): string | null {
  const fault = faultOf(levels, path);
  if (!fault) return null;
  const nearest = fault.meant.find((other) => other !== null && other !== path && !faultOf(levels, other));
  return nearest ? `${fault.what}; did you mean ${JSON.stringify(nearest)}?` : fault.what;
}

function faultOf(levels: readonly Level[], path: string): Fault | null {
  let prefix = "";
  let rest: string | null = path;
  for (const [depth, level] of levels.entries()) {
    if (rest === null) return null;
    const { own, inside } = splitPath(rest);
    const fault = faultIn(level, own, { prefix, isOutermost: depth === 0, leadsInside: inside !== null });
    if (fault) return fault;
    prefix += `${own}/`;
    rest = inside;
  }
  if (rest === null) return null;
  const host = prefix.slice(0, -1);
  return { what: `cannot be reached: ${host} started no run that can be continued`, meant: [host] };
}

type Where = { prefix: string; isOutermost: boolean; leadsInside: boolean };

function faultIn(level: Level, own: string, { prefix, isOutermost, leadsInside }: Where): Fault | null {
  const hops = hopsOf(own);
  const { version, definition } = level.version;
  if (!hops) return { what: "is not the path of a step", meant: startsOf(prefix, own) };
  const tree = new StepTree(level.spans, level.nodeNow);
  let nodes: readonly NodeDefinition[] = definition.nodes;
  let [itemId, at]: [string | null, string] = [null, prefix];
  for (const [place, hop] of hops.entries()) {
    const rest = hops.slice(place + 1);
    const isStep = rest.length === 0 && hop.item === null;
    const isEnd = isStep && !leadsInside;
    const key = at + hop.nodeId;
    const node = nodes.find(({ id }) => id === hop.nodeId);
    if (!node) return missingNode(definition, nodes, { hop, at, version, isEnd });
    // A node of the run itself may be one that the run never reached: all that comes before it is executed too.
    if (isEnd && isOutermost && place === 0) return null;
    const step = tree.steps(itemId).get(hop.nodeId);
    if (!step || step.status === "skipped") {
      const how = step ? "was skipped" : "was not reached";
      const named = isEnd ? "" : `cannot be reached: ${key} `;
      return { what: `${named}${how} in this run`, meant: stepsBefore(tree, nodes, itemId, hop.nodeId, at) };
    }
    if (isStep) return leadsInside ? insideFault(node, key) : null;
    if (node.type !== "map") return { what: `cannot be reached: ${key} is not a map`, meant: [key] };
    const items = tree.items(step.id);
    const item = items.get(hop.item ?? -1);
    if (!item) return missingItem(items, level.lengths.get(step.id) ?? null, { key, hop, rest });
    const itemKey = `${key}[${hop.item}]`;
    if (rest.length === 0) return leadsInside ? { what: "is not the path of a step", meant: [itemKey] } : null;
    [nodes, itemId, at] = [node.nodes, item.id, `${itemKey}.`];
  }
  return null;
}

/** A way leads into the runs of workflow steps; an agent is one step, whatever it does inside. */
function insideFault({ type }: NodeDefinition, key: string): Fault | null {
  if (type === "workflow") return null;
  return { what: `is inside ${type === "agent" ? "the agent " : ""}${key}, which is one step`, meant: [key] };
}

function missingNode(
  definition: WorkflowDefinition,
  nodes: readonly NodeDefinition[],
  { hop, at, version, isEnd }: { hop: Hop; at: string; version: number; isEnd: boolean },
): Fault {
  const placed = placedNodes(definition);
  const inside = placed.find(({ node }) => node.id === hop.nodeId)?.inside ?? null;
  if (at === "" && inside !== null) {
    const example = `${mapsAround(placed, inside)
      .map((id) => `${id}[0].`)
      .join("")}${hop.nodeId}`;
    return { what: `is inside the map ${inside}: name the item as well, for example ${example}`, meant: [] };
  }
  const named = isEnd ? "" : `cannot be reached: ${at}${hop.nodeId} `;
  const where = at === "" ? `of version ${version}` : `inside ${at.slice(0, -1)}`;
  const ids = nodes.map(({ id }) => id);
  const nearest = nearestName(hop.nodeId, ids);
  return { what: `${named}is not a node ${where}`, meant: [nearest === null ? null : at + nearest] };
}

/** The maps around a node, from outside to inside, ending with this one. */
function mapsAround(placed: ReturnType<typeof placedNodes>, inside: string): string[] {
  const around = placed.find(({ node }) => node.id === inside)?.inside ?? null;
  return [...(around === null ? [] : mapsAround(placed, around)), inside];
}

function missingItem(
  items: ReadonlyMap<number, SpanRow>,
  length: number | null,
  { key, hop, rest }: { key: string; hop: Hop; rest: readonly Hop[] },
): Fault {
  const wanted = hop.item ?? 0;
  const count = length ?? items.size;
  const tail = rest.map(({ nodeId, item }) => `.${nodeId}${item === null ? "" : `[${item}]`}`).join("");
  const nearest = [...items.keys()].toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted)).slice(0, 10);
  const where = wanted < count ? `the item ${key}[${wanted}] was not reached` : `${key} has ${count} items`;
  return {
    what: `cannot be reached: ${where} in this run`,
    meant: [...nearest.map((index) => `${key}[${index}]${tail}`), ...nearest.map((index) => `${key}[${index}]`), key],
  };
}

/** What the run did last before a step that it did not execute: what failed there, else what the step needs. */
function stepsBefore(
  tree: StepTree<SpanRow>,
  nodes: readonly NodeDefinition[],
  itemId: string | null,
  nodeId: string,
  at: string,
): string[] {
  const steps = tree.steps(itemId);
  const upstream = buildGraph({ nodes }).upstreamOf(nodeId);
  const failed = upstream.filter((id) => steps.get(id)?.status === "failed");
  return [...[...failed, ...upstream.toReversed()].map((id) => at + id), at.slice(0, -1)];
}

/** What something may be about that is written like a path: an attempt (`a#2`), a path with a slip at its end. */
function startsOf(prefix: string, own: string): string[] {
  const parts = own.split(/(?=[[.#])|\s/);
  const starts = parts.map((_part, index) => parts.slice(0, parts.length - index).join(""));
  return [...starts.filter((start) => hopsOf(start)).map((start) => prefix + start), prefix.slice(0, -1)];
}
