import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { canonicalJson } from "#/lib/core/hash.ts";
import type { NodeDefinition } from "./definition.ts";
import { editDistance } from "./nearest-name.ts";
import { type PlacedNode, placedNodes } from "./node-walk.ts";
import { overlap, sketch, type Sketch } from "./sketch.ts";

type Level = { nodes: readonly NodeDefinition[] };

/** What differs between two versions, by node id; `fields` are the top-level fields of a node that differ. */
export type VersionDiff = {
  added: string[];
  removed: string[];
  changed: { id: string; fields: string[] }[];
};

/** A node that a removed one may have become; never applied unless a person decides so. */
export type RenameCandidate = { id: string; score: number };

/** Nodes added, removed and changed from version `a` to version `b` (inside maps too). The order of `needs` does not matter. */
export function diffVersions(a: Level, b: Level): VersionDiff {
  const [before, after] = [byId(a), byId(b)];
  const changed = [...before].flatMap(([id, old]) => {
    const now = after.get(id);
    const fields = now ? differentFields(old, now) : [];
    return fields.length === 0 ? [] : [{ id, fields }];
  });
  return {
    added: [...after.keys()].filter((id) => !before.has(id)),
    removed: [...before.keys()].filter((id) => !after.has(id)),
    changed,
  };
}

/** The weight of each kind of likeness; they add up to 1. */
const weights = { type: 0.25, name: 0.25, neighbours: 0.2, content: 0.3 } as const;

/**
 * Nodes of `b` that are not in `a`, ranked by how much they look like the node `removedId` of `a`: type, name, neighbours
 * in the graph, and content (prompt, model, request, schemas). Scores from 0 to 1; at most 10, those below 0.2 left out.
 */
export function renameCandidates(removedId: string, a: Level, b: Level): RenameCandidate[] {
  const [before, after] = [looksOf(a), looksOf(b)];
  const removed = before.get(removedId);
  if (!removed) return [];
  return mostAlike(removed, newLooks(before, after))
    .map((now) => ({ id: now.node.id, score: likeness(removed, now, nameLikeness(removed, now)) }))
    .filter(({ score }) => score >= 0.2)
    .toSorted((left, right) => right.score - left.score || (left.id < right.id ? -1 : 1))
    .slice(0, 10);
}

/** Comparing the spelling of ids is slow, and 1000 nodes may be compared with 1000: only the most alike are. */
const mostSpelled = 20;

/** Those that look most like a removed one when only the words of their ids are compared, the likest first. */
function mostAlike(removed: Look, all: readonly Look[]): Look[] {
  const found: { now: Look; rough: number }[] = [];
  for (const now of all) {
    const rough = likeness(removed, now, overlap(removed.words, now.words));
    if (found.length === mostSpelled && rough <= (found.at(-1)?.rough ?? 0)) continue;
    let place = found.length;
    while (place > 0 && (found[place - 1]?.rough ?? 0) < rough) place--;
    found.splice(place, 0, { now, rough });
    if (found.length > mostSpelled) found.pop();
  }
  return found.map(({ now }) => now);
}

type Looks = ReadonlyMap<string, Look>;
const newAfter = new WeakMap<Looks, { before: Looks; found: Look[] }>();

/** What is in `after` and not in `before`; computed once, since one removed node after the other is looked for in it. */
function newLooks(before: Looks, after: Looks): Look[] {
  const known = newAfter.get(after);
  if (known?.before === before) return known.found;
  const found = [...after.values()].filter(({ node }) => !before.has(node.id));
  newAfter.set(after, { before, found });
  return found;
}

function byId(level: Level): Map<string, PlacedNode> {
  return new Map(placedNodes(level).map((placed) => [placed.node.id, placed]));
}

function differentFields(old: PlacedNode, now: PlacedNode): string[] {
  const [left, right] = [comparable(old.node), comparable(now.node)];
  const fields = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (field) => canonicalJson(left[field] ?? null) !== canonicalJson(right[field] ?? null),
  );
  return old.inside === now.inside ? fields : [...fields, "inside"];
}

/** A node's fields without its inner nodes, which are compared on their own. */
function comparable(node: NodeDefinition): JsonObject {
  const fields = { ...(node as unknown as JsonObject) };
  if (node.type === "map") fields.nodes = null;
  fields.needs = (node.needs ?? []).toSorted();
  return fields;
}

/** What two nodes are compared by. */
type Look = {
  node: NodeDefinition;
  words: Sketch;
  leaves: Sketch;
  before: Sketch;
  after: Sketch;
};

const looks = new WeakMap<Level, Map<string, Look>>();

/** The features of a version's nodes, by id; computed once per version, since its nodes are compared one by one. */
function looksOf(level: Level): Map<string, Look> {
  const known = looks.get(level);
  if (known) return known;
  const placed = placedNodes(level).map(({ node }) => node);
  const after = new Map<string, string[]>(placed.map(({ id }) => [id, []]));
  for (const { id, needs } of placed) for (const need of needs ?? []) after.get(need)?.push(id);
  const found = new Map(
    placed.map((node): [string, Look] => [
      node.id,
      {
        node,
        words: sketch(words(node.id)),
        leaves: sketch(leaves(node)),
        before: sketch(node.needs ?? []),
        after: sketch(after.get(node.id) ?? []),
      },
    ]),
  );
  looks.set(level, found);
  return found;
}

function likeness(old: Look, now: Look, name: number): number {
  const neighbours = (overlap(old.before, now.before) + overlap(old.after, now.after)) / 2;
  const score =
    weights.type * typeLikeness(old.node, now.node) +
    weights.name * name +
    weights.neighbours * neighbours +
    weights.content * overlap(old.leaves, now.leaves);
  return Math.round(score * 100) / 100;
}

function typeLikeness(old: NodeDefinition, now: NodeDefinition): number {
  if (old.type === now.type) return 1;
  const calling = ["model", "agent"];
  return calling.includes(old.type) && calling.includes(now.type) ? 0.5 : 0;
}

/** The better of spelling and shared words; an unchanged title counts most. */
function nameLikeness(old: Look, now: Look): number {
  if (old.node.title !== undefined && old.node.title === now.node.title) return 1;
  const [left, right] = [old.node.id.toLowerCase(), now.node.id.toLowerCase()];
  const spelling = 1 - editDistance(left, right) / Math.max(left.length, right.length);
  return Math.max(spelling, overlap(old.words, now.words));
}

function words(id: string): string[] {
  return id
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[_-]+/)
    .filter(Boolean);
}

const nonContent = new Set(["id", "type", "title", "needs"]);

/** As much of a leaf's path counts: a name may be long, and hold a hundred thousand of them. */
const longestPath = 256;

/** A node's content as leaves, the end of their path and their value. */
function leaves(node: NodeDefinition): string[] {
  const found: string[] = [];
  const visit = (value: Json | undefined, path: string): void => {
    if (value === undefined) return;
    if (typeof value !== "object" || value === null) found.push(`${path}=${JSON.stringify(value)}`);
    else for (const [key, item] of Object.entries(value)) visit(item, `${path}/${key}`.slice(-longestPath));
  };
  for (const [field, value] of Object.entries(node as unknown as JsonObject))
    if (!nonContent.has(field)) visit(value, field);
  return found;
}
