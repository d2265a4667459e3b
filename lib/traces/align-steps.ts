import type { ComparedStep } from "#/lib/contract/compare.ts";
import type { MappingPairs } from "#/lib/contract/replay.ts";
import { mappedStepKey } from "#/lib/runs/step-key.ts";

export type Alignable = { key: string; nodeId: string; type: string };
export type AlignedPair<Step> = { a: Step | null; b: Step | null; alignedBy: ComparedStep["alignedBy"] };

type Matches = { ofA: Int32Array; ofB: Int32Array; by: ComparedStep["alignedBy"][] };

/**
 * Puts the steps of two runs side by side. Pairs by node id (the same key first, then the n-th step of the node with
 * the n-th), then through the node mapping (a's id → b's id), then by order: between two aligned neighbours, steps of
 * one type whose nodes the other run does not have. The rest are gaps, shown where they happened. Linear in the number
 * of steps.
 */
export function alignSteps<Step extends Alignable>(
  a: readonly Step[],
  b: readonly Step[],
  mapping: MappingPairs = {},
): AlignedPair<Step>[] {
  const matches: Matches = {
    ofA: new Int32Array(a.length).fill(-1),
    ofB: new Int32Array(b.length).fill(-1),
    by: a.map(() => null),
  };
  const mapped = (nodeId: string) => (Object.hasOwn(mapping, nodeId) ? (mapping[nodeId] ?? null) : null);
  matchBy(a, b, matches, "node", (step) => ({ key: step.key, nodeId: step.nodeId }));
  matchBy(a, b, matches, "mapping", (step) => {
    const nodeId = mapped(step.nodeId);
    return nodeId === null ? null : { key: mappedStepKey(step.key, mapped), nodeId };
  });
  matchByOrder(a, b, matches, mapping);
  return merge(a, b, matches);
}

/** Pairs what is still free: first equal keys, then the n-th step of a node with its n-th. */
function matchBy(
  a: readonly Alignable[],
  b: readonly Alignable[],
  matches: Matches,
  by: "node" | "mapping",
  seenAs: (step: Alignable) => { key: string; nodeId: string } | null,
): void {
  for (const name of [
    (step: { key: string; nodeId: string }) => `${step.nodeId}\n${step.key}`,
    (step: { key: string; nodeId: string; type: string }) => `${step.nodeId}\n${step.type}`,
  ]) {
    const free = new Map<string, number[]>();
    for (const [index, step] of b.entries()) if (matches.ofB[index] === -1) queueOf(free, name(step)).push(index);
    for (const queue of free.values()) queue.reverse();
    for (const [index, step] of a.entries()) {
      if (matches.ofA[index] !== -1) continue;
      const target = seenAs(step);
      const other = target === null ? undefined : free.get(name({ ...target, type: step.type }))?.pop();
      if (other !== undefined) link(matches, index, other, by);
    }
  }
}

function queueOf(map: Map<string, number[]>, name: string): number[] {
  const known = map.get(name);
  if (known) return known;
  const queue: number[] = [];
  map.set(name, queue);
  return queue;
}

function link(matches: Matches, a: number, b: number, by: "node" | "mapping" | "order"): void {
  matches.ofA[a] = b;
  matches.ofB[b] = a;
  matches.by[a] = by;
}

/** Only nodes that the other run does not have can be renamed ones; one that is gone by the mapping (null) is not. */
function matchByOrder(a: readonly Alignable[], b: readonly Alignable[], matches: Matches, mapping: MappingPairs): void {
  const nodesOfA = new Set(a.map((step) => step.nodeId));
  const nodesOfB = new Set(b.map((step) => step.nodeId));
  const targets = new Set(Object.values(mapping));
  const isNew = (step: Alignable) => !nodesOfA.has(step.nodeId) && !targets.has(step.nodeId);
  const isOld = (step: Alignable) => !nodesOfB.has(step.nodeId) && !Object.hasOwn(mapping, step.nodeId);
  let nextB = 0;
  // Types that the rest of the current gap of b does not hold: without this, a long gap would be searched repeatedly.
  let missing = new Set<string>();
  for (const [index, step] of a.entries()) {
    const matched = matches.ofA[index] ?? -1;
    if (matched >= nextB) {
      nextB = matched + 1;
      missing = new Set();
    }
    if (matched !== -1 || missing.has(step.type) || !isOld(step)) continue;
    let other = nextB;
    while (matches.ofB[other] === -1 && !(b[other]?.type === step.type && isNew(b[other] as Alignable))) other += 1;
    if (matches.ofB[other] !== -1) missing.add(step.type);
    else {
      link(matches, index, other, "order");
      nextB = other + 1;
    }
  }
}

/** a's order leads; a step that only b has follows the step that it followed in b, after what only a has there. */
function merge<Step extends Alignable>(a: readonly Step[], b: readonly Step[], matches: Matches): AlignedPair<Step>[] {
  const pairs: AlignedPair<Step>[] = [];
  const flush = (from: number) => {
    for (let index = from; index < b.length && matches.ofB[index] === -1; index += 1)
      pairs.push({ a: null, b: b[index] as Step, alignedBy: null });
  };
  let pending = 0;
  for (const [index, step] of a.entries()) {
    const other = matches.ofA[index] ?? -1;
    if (other === -1) {
      pairs.push({ a: step, b: null, alignedBy: null });
      continue;
    }
    flush(pending);
    pairs.push({ a: step, b: b[other] as Step, alignedBy: matches.by[index] ?? null });
    pending = other + 1;
  }
  flush(pending);
  return pairs;
}
