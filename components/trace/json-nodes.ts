import type { Json } from "#/lib/contract/json.ts";

/** Lists longer than this open as ranges, so that no click ever makes a hundred thousand lines. */
const rangeSize = 100;
/** Small containers near the top are open from the start. */
const openDepth = 2;
const openEntries = 30;
export const longText = 400;

/** One line of the tree. `path` is its identity; a range stands for part of a long list and has no key of its own. */
export type JsonNode = {
  readonly path: string;
  readonly depth: number;
  readonly label: string | null;
  readonly value: Json;
  readonly kind: "leaf" | "object" | "array" | "range";
  /** Entries inside; 0 for a leaf. */
  readonly entries: number;
  /** First entry, for a range. */
  readonly from: number;
  readonly isOpen: boolean;
};

function kindOf(value: Json): JsonNode["kind"] {
  if (Array.isArray(value)) return "array";
  return typeof value === "object" && value !== null ? "object" : "leaf";
}

function entryCount(value: Json): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}

/**
 * The lines to show now. Only what is open is walked, so a payload of megabytes costs only what is seen of it.
 * `toggled` holds the paths whose state differs from the default. Iterative, because the author decides the depth.
 */
export function jsonNodes(root: Json, toggled: ReadonlySet<string>, mostNodes = 5000): JsonNode[] {
  const nodes: JsonNode[] = [];
  const stack: JsonNode[] = [nodeOf(root, null, "", 0, toggled)];
  while (stack.length > 0 && nodes.length < mostNodes) {
    const node = stack.pop();
    if (!node) break;
    nodes.push(node);
    if (!node.isOpen) continue;
    const children = childrenOf(node, toggled);
    for (let at = children.length - 1; at >= 0; at--) {
      const inner = children[at];
      if (inner) stack.push(inner);
    }
  }
  return nodes;
}

function nodeOf(
  value: Json,
  label: string | null,
  path: string,
  depth: number,
  toggled: ReadonlySet<string>,
): JsonNode {
  const kind = kindOf(value);
  const entries = entryCount(value);
  const isOpenFirst = depth === 0 || (depth < openDepth && entries <= openEntries);
  const isOpen = kind !== "leaf" && entries > 0 && isOpenFirst !== toggled.has(path);
  return { path, depth, label, value, kind, entries, from: 0, isOpen };
}

function childrenOf(node: JsonNode, toggled: ReadonlySet<string>): JsonNode[] {
  const { value, path, depth } = node;
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? null : Object.keys(value);
  const count = keys ? keys.length : (value as Json[]).length;
  if (node.kind !== "range" && count > rangeSize) return rangesOf(node, count, toggled);
  const to = Math.min(count, node.from + rangeSize);
  const children: JsonNode[] = [];
  for (let at = node.from; at < to; at++) {
    const key = keys ? (keys[at] ?? "") : String(at);
    const inner = Array.isArray(value) ? value[at] : value[key];
    const basePath = node.kind === "range" ? path.slice(0, path.lastIndexOf("#")) : path;
    children.push(nodeOf(inner ?? null, key, `${basePath}/${escapeKey(key)}`, depth + 1, toggled));
  }
  return children;
}

function rangesOf(node: JsonNode, count: number, toggled: ReadonlySet<string>): JsonNode[] {
  const ranges: JsonNode[] = [];
  for (let from = 0; from < count; from += rangeSize) {
    const path = `${node.path}#${from}`;
    const entries = Math.min(rangeSize, count - from);
    const label = `${from} … ${from + entries - 1}`;
    ranges.push({
      path,
      depth: node.depth + 1,
      label,
      value: node.value,
      kind: "range",
      entries,
      from,
      isOpen: toggled.has(path),
    });
  }
  return ranges;
}

/** RFC 6901, and `#` too, which marks ranges. */
function escapeKey(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("#", "~2");
}

/** A closed container in a few words: `3 items`, `{ id, name, … }`. */
export function previewOf(node: JsonNode): string {
  if (node.kind === "range") return "";
  if (node.kind === "array")
    return node.entries === 0 ? "[]" : `${node.entries} ${node.entries === 1 ? "item" : "items"}`;
  if (node.kind !== "object") return "";
  const keys = Object.keys(node.value as Record<string, Json>);
  if (keys.length === 0) return "{}";
  const shown = keys.slice(0, 4).map((key) => (key.length > 24 ? `${key.slice(0, 23)}…` : key));
  return `{ ${shown.join(", ")}${keys.length > 4 ? ", …" : ""} }`;
}

/** Indented JSON text; says so, instead of throwing, when the depth overflows the stack. */
export function jsonText(value: Json): string {
  try {
    return JSON.stringify(value, null, 2) ?? "null";
  } catch {
    return "This value is nested too deeply to be written out. Use the tree.";
  }
}
