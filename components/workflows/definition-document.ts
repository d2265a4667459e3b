import { type Document, isCollection, isMap, isPair, isScalar, isSeq, type Node, parseDocument } from "yaml";

export type PathPart = string | number;

/** From and to: UTF-16 units from the text's start. */
export type TextRange = { from: number; to: number };

/** A definition being written, as the service reads it (YAML 1.2, of which JSON is a part); faults do not stop it. Pure. */
export function readDocument(text: string): Document {
  const reading = { version: "1.2", schema: "core", uniqueKeys: false, prettyErrors: false } as const;
  return parseDocument(text, { ...reading, logLevel: "error" });
}

/** `nodes[2].http["x-y"]` as its parts. Pure. */
export function pathParts(path: string): PathPart[] {
  const parts = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (name ?? "") : (JSON.parse(`"${quoted}"`) as string);
  });
}

/**
 * Where a fault is in the text. A path may end at what is not there: then it is the nearest thing around it. `line 3,
 * column 5` is the place itself. Pure.
 */
export function faultRange(
  document: Document,
  text: string,
  { path, message }: { path: string; message: string },
): TextRange {
  const place = /^line (\d+), column (\d+)$/.exec(path);
  if (place) return wordAt(text, offsetOf(text, Number(place[1]), Number(place[2])));
  const { key, value, isWhole } = nearest(document, pathParts(path));
  const isOfName = !isWhole || message.startsWith("unknown field");
  return (isOfName ? null : rangeOf(value)) ?? rangeOf(key) ?? lineAt(text, value?.range?.[0] ?? 0);
}

/** Where the node with this id begins; null when the text has none. Pure. */
export function nodePlace(document: Document, id: string): TextRange | null {
  for (const { id: known, range } of nodePlaces(document.get("nodes"))) if (known === id) return range;
  return null;
}

type NodePlace = { id: string; range: TextRange };

/** The ids of a level's nodes and of those inside maps, in their order, each with its place. Pure. */
function nodePlaces(level: unknown): NodePlace[] {
  if (!isSeq(level)) return [];
  return level.items.flatMap((item) => {
    if (!isMap(item)) return [];
    const id = item.get("id", true);
    const own =
      isScalar(id) && typeof id.value === "string" && id.range
        ? [{ id: id.value, range: { from: id.range[0], to: id.range[1] } }]
        : [];
    return [...own, ...nodePlaces(item.get("nodes"))];
  });
}

/** The furthest that a path leads: `key` is the last name on it, `value` what stands there; `isWhole`: to its end. */
function nearest(document: Document, parts: PathPart[]): { key: Node | null; value: Node | null; isWhole: boolean } {
  let [key, value]: [Node | null, Node | null] = [null, document.contents as Node | null];
  for (const part of parts) {
    if (isMap(value)) {
      const pair = value.items.find((each) => isScalar(each.key) && String(each.key.value) === String(part));
      if (!isPair(pair)) return { key, value, isWhole: false };
      [key, value] = [pair.key as Node, pair.value as Node | null];
    } else if (isSeq(value)) {
      const item = value.items[Number(part)];
      if (item === undefined) return { key, value, isWhole: false };
      [key, value] = [null, item as Node];
    } else return { key, value, isWhole: false };
  }
  return { key, value, isWhole: true };
}

/** Of a collection only its name is marked, so it has no range here; nor has what is empty. */
function rangeOf(node: Node | null): TextRange | null {
  if (!node?.range || isCollection(node)) return null;
  const [from, to] = node.range;
  return from === to ? null : { from, to };
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let left = line - 1; left > 0; left -= 1) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  return Math.min(text.length, start + column - 1);
}

function lineAt(text: string, at: number): TextRange {
  const end = text.indexOf("\n", at);
  return { from: at, to: end < 0 ? text.length : end };
}

function wordAt(text: string, at: number): TextRange {
  const word = /^[^\s,\]}]+/.exec(text.slice(at, at + 200))?.[0] ?? "";
  return word === "" ? { from: Math.max(0, at - 1), to: at } : { from: at, to: at + word.length };
}
