import { isStepKind } from "#/lib/contract/status.ts";
import type { SpanRow } from "./span-store.ts";
import type { Hop } from "./step-path.ts";

/** What the reuse of steps is decided by. */
export type StepSpan = Pick<SpanRow, "id" | "parentId" | "kind" | "key" | "nodeId" | "status">;
/** Where the record of a source node is in the version that runs; null = nowhere. */
export type NodeNow = (nodeThen: string) => string | null;

/** The steps of a recorded run and the items of its maps, found as the version that runs names them. */
export class StepTree<Span extends StepSpan = StepSpan> {
  readonly #below: ReadonlyMap<string | null, Span[]>;
  readonly #nodeNow: NodeNow;

  constructor(spans: readonly Span[], nodeNow: NodeNow) {
    const shown = spans.filter(({ kind }) => kind === "item" || isStepKind(kind));
    this.#below = Map.groupBy(shown, ({ parentId }) => parentId);
    this.#nodeNow = nodeNow;
  }

  /**
   * The steps of a level by node: the run's own (null), or those of an item. Where a mapping leads several nodes to one, the
   * first that has an answer stands for it.
   */
  steps(itemId: string | null): Map<string, Span> {
    const found = new Map<string, Span>();
    for (const span of this.#below.get(itemId) ?? []) {
      const nodeId = span.kind === "item" ? null : this.#nodeNow(span.nodeId);
      if (nodeId === null) continue;
      const known = found.get(nodeId);
      if (!known || (!isAnswered(known) && isAnswered(span))) found.set(nodeId, span);
    }
    return found;
  }

  /** The items of a map that have begun, by their place in its list. */
  items(mapId: string): Map<number, Span> {
    const items = (this.#below.get(mapId) ?? []).filter(({ kind }) => kind === "item");
    return new Map(items.map((span) => [Number(/\[(\d+)\]$/.exec(span.key)?.[1] ?? -1), span]));
  }

  /** The maps of the record that a way leads through, from outside to inside, each with its path; until it ends. */
  mapsOn(hops: readonly Hop[]): { key: string; map: Span; items: Map<number, Span> }[] {
    const found = [];
    let [prefix, level]: [string, string | null] = ["", null];
    for (const { nodeId, item } of hops) {
      const map = this.steps(level).get(nodeId);
      if (item === null || map?.kind !== "map") break;
      const items = this.items(map.id);
      found.push({ key: prefix + nodeId, map, items });
      const into = items.get(item);
      if (!into) break;
      [prefix, level] = [`${prefix}${nodeId}[${item}].`, into.id];
    }
    return found;
  }
}

/** Ended with an outcome that another run can take over. */
export function isAnswered({ status }: Pick<StepSpan, "status">): boolean {
  return status === "completed" || status === "skipped";
}
