import type { MappingPairs } from "#/lib/contract/replay.ts";
import type { LineageLink } from "#/lib/runs/lineage-store.ts";

/**
 * The node mapping from run `a` to run `b`. Where one replays the other, directly or through further replays: the
 * mappings on the way, combined. Where both replay a common run: a's way back to it, then b's way down. Empty when the
 * two have no run in common. `links` holds both runs and whatever is known of their ancestors. Pure.
 */
export function lineageMapping(links: readonly LineageLink[], a: string, b: string): MappingPairs {
  const byId = new Map(links.map((link) => [link.id, link]));
  const wayOfA = waysUp(byId, a);
  const wayOfB = waysUp(byId, b);
  const common = [...wayOfA.keys()].find((id) => wayOfB.has(id));
  if (common === undefined) return {};
  return follow(invert(wayOfA.get(common) ?? {}), wayOfB.get(common) ?? {});
}

/** For each ancestor of a run (itself first, nearest first), the mapping down to the run. */
function waysUp(byId: ReadonlyMap<string, LineageLink>, id: string): Map<string, MappingPairs> {
  const ways = new Map<string, MappingPairs>([[id, {}]]);
  let pairs: MappingPairs = {};
  for (let link = byId.get(id); link?.replayOf; link = byId.get(link.replayOf)) {
    if (ways.has(link.replayOf)) break;
    pairs = follow(link.nodeMapping, pairs);
    ways.set(link.replayOf, pairs);
  }
  return ways;
}

/** Applies one mapping, then the other; an id that a mapping does not name stays the same. */
function follow(first: MappingPairs, second: MappingPairs): MappingPairs {
  const then = (id: string | null) => (id === null ? null : Object.hasOwn(second, id) ? (second[id] ?? null) : id);
  const reached = new Set(Object.values(first));
  const pairs = new Map(Object.entries(first).map(([from, to]) => [from, then(to)]));
  for (const [from, to] of Object.entries(second)) if (!pairs.has(from) && !reached.has(from)) pairs.set(from, to);
  return Object.fromEntries(pairs);
}

/**
 * Where several nodes were mapped to one, the first of them stands for it; a node that is gone leads back to nothing.
 */
function invert(pairs: MappingPairs): MappingPairs {
  const back = new Map<string, string>();
  for (const [from, to] of Object.entries(pairs)) if (to !== null && !back.has(to)) back.set(to, from);
  return Object.fromEntries(back);
}
