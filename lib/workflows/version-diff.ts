import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { canonicalJson } from "#/lib/core/hash.ts";
import type { NodeDefinition } from "./definition.ts";
import { editDistance } from "./nearest-name.ts";
import { type PlacedNode, placedNodes } from "./node-walk.ts";

type Level = { nodes: readonly NodeDefinition[] };

/** What differs between two versions, by node id; `fields` are the top-level fields of a node that differ. */
export type VersionDiff = {
  added: string[];
  removed: string[];
  changed: { id: string; fields: string[] }[];
};

/** A node that a removed one may have become; never applied without a person's decision. */
export type RenameCandidate = { id: string; score: number };

/** Nodes added, removed and changed from version `a` to version `b` (inside of maps too). The order of `needs` does not matter. */
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

/** How much each kind of likeness counts; together 1. */
const weights = { type: 0.25, name: 0.25, neighbours: 0.2, content: 0.3 } as const;

/**
 * Nodes of `b` that are not in `a`, ranked by how much they look like the node `removedId` of `a`: type, name, neighbours
 * in the graph, and content (prompt, model, request, schemas). Scores from 0 to 1; at most 10, those below 0.2 left out.
 */
export function renameCandidates(removedId: string, a: Level, b: Level): RenameCandidate[] {
  const [before, after] = [byId(a), byId(b)];
  const removed = before.get(removedId);
  if (!removed) return [];
  const links = { before: neighbours(before), after: neighbours(after) };
  return [...after.values()]
    .filter(({ node }) => !before.has(node.id))
    .map(({ node }) => ({ id: node.id, score: likeness(removed.node, node, links) }))
    .filter(({ score }) => score >= 0.2)
    .toSorted((left, right) => right.score - left.score || (left.id < right.id ? -1 : 1))
    .slice(0, 10);
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

type Neighbours = Map<string, { before: Set<string>; after: Set<string> }>;

function neighbours(nodes: Map<string, PlacedNode>): Neighbours {
  const found: Neighbours = new Map([...nodes.keys()].map((id) => [id, { before: new Set(), after: new Set() }]));
  for (const { node } of nodes.values())
    for (const need of node.needs ?? []) {
      found.get(node.id)?.before.add(need);
      found.get(need)?.after.add(node.id);
    }
  return found;
}

function likeness(old: NodeDefinition, now: NodeDefinition, links: { before: Neighbours; after: Neighbours }): number {
  const score =
    weights.type * typeLikeness(old, now) +
    weights.name * nameLikeness(old, now) +
    weights.neighbours * neighbourLikeness(old.id, now.id, links) +
    weights.content * contentLikeness(old, now);
  return Math.round(score * 100) / 100;
}

function typeLikeness(old: NodeDefinition, now: NodeDefinition): number {
  if (old.type === now.type) return 1;
  const calling = ["model", "agent"];
  return calling.includes(old.type) && calling.includes(now.type) ? 0.5 : 0;
}

/** The better of spelling and shared words; a title that stayed the same says most. */
function nameLikeness(old: NodeDefinition, now: NodeDefinition): number {
  if (old.title !== undefined && old.title === now.title) return 1;
  const [left, right] = [old.id.toLowerCase(), now.id.toLowerCase()];
  const spelling = 1 - editDistance(left, right) / Math.max(left.length, right.length);
  return Math.max(spelling, overlap(words(old.id), words(now.id)));
}

function words(id: string): Set<string> {
  return new Set(
    id
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .toLowerCase()
      .split(/[_-]+/)
      .filter(Boolean),
  );
}

function neighbourLikeness(oldId: string, nowId: string, links: { before: Neighbours; after: Neighbours }): number {
  const [old, now] = [links.before.get(oldId), links.after.get(nowId)];
  if (!old || !now) return 0;
  return (overlap(old.before, now.before) + overlap(old.after, now.after)) / 2;
}

/** Share of common elements; two empty sets are alike. */
function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  const union = new Set([...left, ...right]).size;
  return union === 0 ? 1 : [...left].filter((item) => right.has(item)).length / union;
}

const nonContent = new Set(["id", "type", "title", "needs"]);

/** Share of the leaves (path and value) that both have, over those that either has. */
function contentLikeness(old: NodeDefinition, now: NodeDefinition): number {
  return overlap(leaves(old), leaves(now));
}

function leaves(node: NodeDefinition): Set<string> {
  const found = new Set<string>();
  const visit = (value: Json | undefined, path: string): void => {
    if (value === undefined) return;
    if (typeof value !== "object" || value === null) found.add(`${path}=${JSON.stringify(value)}`);
    else for (const [key, item] of Object.entries(value)) visit(item, `${path}/${key}`);
  };
  for (const [field, value] of Object.entries(node as unknown as JsonObject))
    if (!nonContent.has(field)) visit(value, field);
  return found;
}
