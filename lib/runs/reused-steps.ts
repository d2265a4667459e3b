import type { NodeDefinition, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { buildGraph, type Graph } from "#/lib/workflows/graph.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { isEnded } from "./span-record.ts";
import { hopsOf, splitPath, type Hop } from "./step-path.ts";
import { isAnswered, StepTree, type NodeNow, type StepSpan } from "./step-tree.ts";

/** Where a span of the record is in the run that takes it over. */
export type PlaceNow = { key: string; nodeId: string };

/** What a run that starts from a step takes over from its source. */
export type ReusedSteps = {
  /** Ids of the source's spans that are taken over with all that is inside: steps, and items of an opened map. */
  whole: ReadonlyMap<string, PlaceNow & { nodes: ReadonlySet<string> }>;
  /** Ids of maps and items that are executed in part: what is inside of them is taken over where it can be. */
  opened: ReadonlyMap<string, PlaceNow>;
  /**
   * Paths of the maps and workflow steps that the way leads into. They were reached, so their `when` is not asked again;
   * a map has the list that it had, and a workflow step's run is continued from a step as well.
   */
  ways: readonly string[];
  /** Nodes that are executed nowhere in the run. */
  nodes: ReadonlySet<string>;
};

const nothing: ReusedSteps = { whole: new Map(), opened: new Map(), ways: [], nodes: new Set() };

/**
 * What a run of `definition` takes over from the record `spans` when it starts from the step at `path` (null = from its
 * beginning: nothing). Everything that has an answer stays, except the step and what follows it, and only where all that it
 * needs stays too: otherwise its answer would belong to other inputs. The same holds inside the maps on the way: their other
 * items stay whole where they completed. `lengths`: of the maps on the way, by span id. Pure.
 */
export function reusedSteps(
  definition: Pick<WorkflowDefinition, "nodes">,
  record: { spans: readonly StepSpan[]; nodeNow: NodeNow; lengths: ReadonlyMap<string, number> },
  path: string | null,
): ReusedSteps {
  if (path === null) return nothing;
  const { own, inside } = splitPath(path);
  const hops = hopsOf(own);
  if (!hops) return nothing;
  const found = new Finding(record, inside !== null);
  found.level(definition.nodes, null, "", hops);
  const nodes = placedNodes(definition).flatMap(({ node }) => (found.executed.has(node.id) ? [] : [node.id]));
  return { whole: found.whole, opened: found.opened, ways: found.ways, nodes: new Set(nodes) };
}

type MapNode = Extract<NodeDefinition, { type: "map" }>;

class Finding {
  readonly whole = new Map<string, PlaceNow & { nodes: ReadonlySet<string> }>();
  readonly opened = new Map<string, PlaceNow>();
  readonly ways: string[] = [];
  /** Nodes that are executed somewhere. */
  readonly executed = new Set<string>();
  readonly #tree: StepTree;
  readonly #lengths: ReadonlyMap<string, number>;
  readonly #leadsInside: boolean;
  /** A node and those inside of it, by its id. */
  readonly #inner = new Map<string, ReadonlySet<string>>();

  constructor(record: Parameters<typeof reusedSteps>[1], leadsInside: boolean) {
    this.#tree = new StepTree(record.spans, record.nodeNow);
    this.#lengths = record.lengths;
    this.#leadsInside = leadsInside;
  }

  /** `way`: what is left of it; empty = the level is executed from its beginning, null = it is not on the way. */
  level(nodes: readonly NodeDefinition[], itemId: string | null, prefix: string, way: readonly Hop[] | null): void {
    const steps = this.#tree.steps(itemId);
    const graph = buildGraph({ nodes });
    const kept = keptNodes(graph, way, (id) => isAnswered(steps.get(id) ?? { status: "failed" }));
    for (const node of nodes) {
      const [key, step, hop] = [prefix + node.id, steps.get(node.id), way?.[0]];
      const isOnWay = node.id === hop?.nodeId && graph.needs(node.id).every((need) => kept.has(need));
      if (step && kept.has(node.id)) this.#keep(step.id, key, node);
      else if (step?.kind === "map" && node.type === "map" && isOnWay && hop.item !== null)
        this.#openMap(node, step, key, { item: hop.item, further: way?.slice(1) ?? [] });
      else {
        if (step && node.type === "workflow" && isOnWay && this.#leadsInside && way?.length === 1) this.ways.push(key);
        this.#execute(node);
      }
    }
  }

  #openMap(node: MapNode, map: StepSpan, key: string, way: { item: number; further: readonly Hop[] }): void {
    this.ways.push(key);
    this.opened.set(map.id, { key, nodeId: node.id });
    this.executed.add(node.id);
    const items = this.#tree.items(map.id);
    for (const [index, item] of items) {
      const at = `${key}[${index}]`;
      if (index !== way.item && item.status === "completed") this.#keep(item.id, at, node);
      else this.#openItem(node, item.id, at, index === way.item ? way.further : null);
    }
    // Items that have not begun are executed whole.
    const length = this.#lengths.get(map.id) ?? (map.status === "completed" ? items.size : Infinity);
    if (items.size < length) this.#execute(node);
  }

  /** An item in which nothing stays is executed like one that has not begun. */
  #openItem({ id, nodes }: MapNode, itemId: string, key: string, way: readonly Hop[] | null): void {
    const before = this.whole.size;
    this.level(nodes, itemId, `${key}.`, way);
    if (this.whole.size > before) this.opened.set(itemId, { key, nodeId: id });
  }

  #keep(spanId: string, key: string, node: NodeDefinition): void {
    const nodes = this.#inner.get(node.id) ?? new Set(withInner(node));
    this.#inner.set(node.id, nodes);
    this.whole.set(spanId, { key, nodeId: node.id, nodes });
  }

  #execute(node: NodeDefinition): void {
    for (const id of withInner(node)) this.executed.add(id);
  }
}

function withInner(node: NodeDefinition): string[] {
  return placedNodes({ nodes: [node] }).map((placed) => placed.node.id);
}

/** The nodes of a level whose answers stay. */
function keptNodes(graph: Graph, way: readonly Hop[] | null, hasAnswer: (id: string) => boolean): Set<string> {
  const kept = new Set<string>();
  const [hop] = way ?? [];
  if (way !== null && (hop === undefined || !graph.has(hop.nodeId))) return kept;
  const executed = new Set(hop ? [hop.nodeId, ...graph.downstreamOf(hop.nodeId)] : []);
  for (const id of graph.order)
    if (!executed.has(id) && hasAnswer(id) && graph.needs(id).every((need) => kept.has(need))) kept.add(id);
  return kept;
}

/**
 * The nodes of the spans that are taken over, as the version that runs names them, by the spans' ids: the steps that stay,
 * and what happened inside of them, so that the record stays whole. Where a mapping leads two nodes to one, the first that
 * began stands for it. Pure.
 */
export function takenOver(
  { whole }: Pick<ReusedSteps, "whole">,
  spans: readonly StepSpan[],
  nodeNow: NodeNow,
): Map<string, string> {
  const found = new Map<string, string>();
  if (whole.size === 0) return found;
  const rootOf = rootsOf(whole, spans);
  const standsFor = new Map<string, string>();
  for (const span of spans) {
    const root = rootOf(span);
    const at = root === null ? undefined : whole.get(root);
    const nodeId = nodeNow(span.nodeId);
    if (!at || nodeId === null || !at.nodes.has(nodeId) || !isEnded(span.status)) continue;
    const target = `${root}\n${nodeId}`;
    const first = standsFor.get(target) ?? span.nodeId;
    standsFor.set(target, first);
    if (first === span.nodeId) found.set(span.id, nodeId);
  }
  return found;
}

/** What is taken over whole around a span, or is the span itself; spans may have begun before the step around them. */
function rootsOf(whole: ReusedSteps["whole"], spans: readonly StepSpan[]): (span: StepSpan) => string | null {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const known = new Map<string, string | null>();
  const rootOf = (span: StepSpan): string | null => {
    const found = known.get(span.id);
    if (found !== undefined) return found;
    const parent = span.parentId === null ? undefined : byId.get(span.parentId);
    const root = whole.has(span.id) ? span.id : parent ? rootOf(parent) : null;
    known.set(span.id, root);
    return root;
  };
  return rootOf;
}
