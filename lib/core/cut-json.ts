import type { Json, JsonObject } from "#/lib/contract/json.ts";

/** What is left of a value, and what was left out, one phrase each (`output.items: 12 of 5000`), the first ten. */
export type CutJson = { value: Json; cuts: string[] };

const mostCuts = 10;
/** What a mark in a text needs, in bytes. */
const markBytes = 60;
/** An item of a list gets a tenth of the room at most, so that one alone does not hide the others; but never less than this. */
const leastItemBytes = 1000;
/** Objects of more members than this are cut like lists, from the start. */
const mostShared = 50;

/**
 * As much of a value as fits into `maxBytes` of JSON, and still of its schema: texts and lists end early, with a mark in a
 * text; an object keeps every member that its schema names. `schema` (JSON Schema without references, whose lists may be
 * of any length) says which members those are; where it says nothing, members are left out too. Pure, and linear in the
 * size of the value.
 */
export function cutJson(value: Json, schema: JsonObject, maxBytes: number): CutJson {
  const cuts: string[] = [];
  const sizes = new Map<object, number>();
  return { value: shrink({ value, schema, room: maxBytes, path: "" }, { cuts, sizes }), cuts };
}

type Part = { value: Json; schema: Json | undefined; room: number; path: string };
type Found = { cuts: string[]; sizes: Map<object, number> };

function shrink(part: Part, found: Found): Json {
  const { value, room } = part;
  if (sizeOf(value, found.sizes) <= room) return value;
  if (typeof value === "string") return cutText(value, part, found);
  if (Array.isArray(value)) return cutList(value, part, found);
  return typeof value === "object" && value !== null ? cutObject(value, part, found) : value;
}

function cutText(text: string, { room, path }: Part, { cuts }: Found): string {
  const most = Math.max(0, room - markBytes);
  let kept = text.slice(0, most);
  for (let size = bytesOf(kept); size > most && kept !== ""; size = bytesOf(kept))
    kept = kept.slice(0, Math.floor((kept.length * most) / size));
  if (/[\uD800-\uDBFF]$/.test(kept)) kept = kept.slice(0, -1);
  note(cuts, path, `${kept.length} of ${text.length} characters`);
  return `${kept}… [cut: ${kept.length} of ${text.length} characters]`;
}

function cutList(list: Json[], { schema, room, path }: Part, found: Found): Json[] {
  const items = variantOf(schema, list)?.["items"];
  const kept: Json[] = [];
  let left = room - 2;
  for (const [index, item] of list.entries()) {
    // Rather than the beginning of an item of which nothing is to be seen.
    if (kept.length > 0 && left < leastItemBytes && sizeOf(item, found.sizes) > left) break;
    const most = Math.min(left, Math.max(leastItemBytes, Math.floor(room / Math.min(10, list.length))));
    const shown = shrink({ value: item, schema: items, room: most, path: `${path}[${index}]` }, found);
    left -= sizeOf(shown, found.sizes) + 1;
    if (left < 0) break;
    kept.push(shown);
  }
  if (kept.length < list.length) note(found.cuts, path, `${kept.length} of ${list.length}`);
  return kept;
}

function cutObject(value: JsonObject, part: Part, found: Found): JsonObject {
  const schema = variantOf(part.schema, value);
  const required = Array.isArray(schema?.["required"]) ? schema["required"] : [];
  const entries = Object.entries(value).map(([key, member]) => ({
    key,
    member,
    schema: memberSchema(schema, key),
    size: sizeOf(member, found.sizes),
  }));
  const mayLeaveOut = required.length === 0 && (entries.length > mostShared || part.room < entries.length * markBytes);
  const shown: [string, Json][] = [];
  let left = part.room - 2 - (mayLeaveOut ? 0 : entries.reduce((sum, { key }) => sum + bytesOf(key) + 2, 0));
  // The smallest first: what they do not need is for the others.
  const inTurn = mayLeaveOut ? entries : entries.toSorted((a, b) => a.size - b.size);
  for (const [index, { key, member, schema: of }] of inTurn.entries()) {
    const most = mayLeaveOut ? Math.max(leastItemBytes, part.room / 10) : left / (inTurn.length - index);
    const path = part.path === "" ? key : `${part.path}.${key}`;
    const cut = shrink({ value: member, schema: of, room: Math.floor(Math.min(left, most)), path }, found);
    left -= sizeOf(cut, found.sizes) + 1 + (mayLeaveOut ? bytesOf(key) + 2 : 0);
    if (mayLeaveOut && left < 0) break;
    shown.push([key, cut]);
  }
  if (shown.length < entries.length) note(found.cuts, part.path, `${shown.length} of ${entries.length} members`);
  const byKey = new Map(shown);
  const ordered = entries.flatMap(({ key }): [string, Json][] =>
    byKey.has(key) ? [[key, byKey.get(key) ?? null]] : [],
  );
  return Object.fromEntries(ordered);
}

/** The schema of those that a value may have which is of the value's kind; undefined where it may be anything. */
function variantOf(schema: Json | undefined, value: Json): JsonObject | undefined {
  if (!isObject(schema)) return undefined;
  const kind = Array.isArray(value) ? "array" : "object";
  const variants = Array.isArray(schema["anyOf"]) && schema["type"] === undefined ? schema["anyOf"] : [schema];
  return variants.filter(isObject).find(({ type }) => type === kind || (Array.isArray(type) && type.includes(kind)));
}

function memberSchema(schema: JsonObject | undefined, key: string): Json | undefined {
  const named = schema?.["properties"];
  if (isObject(named) && Object.hasOwn(named, key)) return named[key];
  return schema?.["additionalProperties"];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function note(cuts: string[], path: string, what: string): void {
  if (cuts.length < mostCuts) cuts.push(`${path.slice(0, 200)}: ${what}`);
}

/** Bytes of the value's JSON, each container counted once. */
function sizeOf(value: Json, sizes: Map<object, number>): number {
  if (typeof value !== "object" || value === null) return bytesOf(value);
  const known = sizes.get(value);
  if (known !== undefined) return known;
  let size = 2;
  if (Array.isArray(value)) for (const item of value) size += sizeOf(item, sizes) + 1;
  else for (const key of Object.keys(value)) size += bytesOf(key) + 2 + sizeOf(value[key] ?? null, sizes);
  sizes.set(value, size);
  return size;
}

function bytesOf(value: string | number | boolean | null): number {
  return Buffer.byteLength(JSON.stringify(value));
}
