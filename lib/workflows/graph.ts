import type { NodeDefinition } from "./definition.ts";
import { type Reachability, reachability } from "./reachability.ts";

/** A node's state in a run; a node that is not in the map has not begun. */
export type NodeState = "running" | "waiting" | "completed" | "skipped" | "failed" | "cancelled";

/** The nodes of one level (a version, or the inside of a map) and how they depend on each other. */
export type Graph = {
  /** Every node after all that it needs; ties in the author's order. */
  order: readonly string[];
  /** The node; throws for an id that is not in the graph. */
  node(id: string): NodeDefinition;
  has(id: string): boolean;
  /** Direct needs, without repetition. */
  needs(id: string): readonly string[];
  /** All that must have ended before the node, in topological order. */
  upstreamOf(id: string): string[];
  /** All that depends on the node, directly or not, in topological order. */
  downstreamOf(id: string): string[];
  /** True when nothing depends on the node. */
  isLast(id: string): boolean;
};

/**
 * The graph of a definition that `parseDefinition` accepted, or of a map's inner nodes. Throws on an unknown need and on a
 * cycle: both are refused at push.
 */
export function buildGraph(level: { nodes: readonly NodeDefinition[] }): Graph {
  const nodes = new Map(level.nodes.map((node) => [node.id, node]));
  const needs = new Map(level.nodes.map((node) => [node.id, [...new Set(node.needs)]]));
  const dependents = invert(needs);
  const order = topologicalOrder(needs, dependents);
  if (order.length < nodes.size) throw new Error("the nodes' needs form a cycle");
  const nodeOf = (id: string): NodeDefinition => {
    const node = nodes.get(id);
    if (!node) throw new Error(`no node ${id} in this version`);
    return node;
  };
  const [upstream, downstream] = [reachability(needs), reachability(dependents)];
  const from = (leads: Reachability, id: string) => order.filter((other) => leads(id, other));
  return {
    order,
    node: nodeOf,
    has: (id) => nodes.has(id),
    needs: (id) => needs.get(nodeOf(id).id) ?? [],
    upstreamOf: (id) => from(upstream, nodeOf(id).id),
    downstreamOf: (id) => from(downstream, nodeOf(id).id),
    isLast: (id) => (dependents.get(nodeOf(id).id) ?? []).length === 0,
  };
}

/**
 * Which nodes can begin now. A node is ready when all its needs have ended well (completed or skipped). It is skipped
 * when it has needs and every one of them was skipped; otherwise it runs, and its `when` decides. A failed, cancelled or
 * unfinished need keeps a node from beginning.
 */
export function readyNodes(graph: Graph, states: ReadonlyMap<string, NodeState>): { run: string[]; skip: string[] } {
  const ready: { run: string[]; skip: string[] } = { run: [], skip: [] };
  for (const id of graph.order) {
    if (states.has(id)) continue;
    const needed = graph.needs(id).map((need) => states.get(need));
    if (!needed.every((state) => state === "completed" || state === "skipped")) continue;
    const skip = needed.length > 0 && needed.every((state) => state === "skipped");
    (skip ? ready.skip : ready.run).push(id);
  }
  return ready;
}

function invert(needs: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const dependents = new Map([...needs.keys()].map((id) => [id, [] as string[]]));
  for (const [id, needed] of needs)
    for (const need of needed) {
      const list = dependents.get(need);
      if (!list) throw new Error(`node ${id} needs ${need}, which is not in this version`);
      list.push(id);
    }
  return dependents;
}

/** Kahn's algorithm, always taking the author's first; what is on or after a cycle is left out. */
function topologicalOrder(
  needs: ReadonlyMap<string, readonly string[]>,
  dependents: ReadonlyMap<string, string[]>,
): string[] {
  const waiting = new Map([...needs].map(([id, needed]) => [id, needed.length]));
  const position = new Map([...needs.keys()].map((id, index) => [id, index]));
  const ready = [...needs.keys()].filter((id) => waiting.get(id) === 0);
  const order: string[] = [];
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    order.push(id);
    const freed = (dependents.get(id) ?? []).filter((dependent) => {
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      return left === 0;
    });
    if (freed.length === 0) continue;
    ready.push(...freed);
    ready.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  }
  return order;
}
