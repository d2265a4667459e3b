import type { Json, JsonObject } from "#/lib/contract/json.ts";

/**
 * Names a part of a call that does not count towards its identity: `arguments`, `headers`, `query` or `body`, then
 * names (or indexes) after dots; `*` matches any one of them, and `["…"]` quotes a name that holds other characters.
 */
export type IgnoredPart = string[];

const roots = ["arguments", "headers", "query", "body"];
const step = /\.(\*|[^.[\]*"\s]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]/y;

/** Parses the path of an ignored part; null when it is not one. */
export function ignoredPart(path: string): IgnoredPart | null {
  const root = roots.find((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
  if (root === undefined) return null;
  const names: IgnoredPart = [root];
  for (step.lastIndex = root.length; step.lastIndex < path.length;) {
    const found = step.exec(path);
    if (!found) return null;
    const quoted = found[2] === undefined ? undefined : unquoted(found[2]);
    if (quoted === null) return null;
    names.push(quoted ?? found[1] ?? found[3] ?? "");
  }
  return root === "headers" && names.length > 2 ? null : names;
}

/** The parsed `identity` of an author. */
export function ignoredParts(...identities: ({ ignore: string[] } | undefined)[]): IgnoredPart[] {
  return identities.flatMap((identity) => (identity?.ignore ?? []).flatMap((path) => [ignoredPart(path) ?? []]));
}

function unquoted(text: string): string | null {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return null;
  }
}

/** The arguments of a call without the ignored parts: an absent part and an ignored one are the same. */
export function countedArguments(args: Json, ignored: readonly IgnoredPart[]): Json {
  return without(args, below(ignored, "arguments"));
}

/** The arguments with the ignored parts blanked out by type, for building a request that must not depend on them. */
export function blankedArguments(args: Json, ignored: readonly IgnoredPart[]): Json {
  return changed(args, below(ignored, "arguments"), (value) =>
    typeof value === "string" ? "ignored" : typeof value === "number" ? 0 : typeof value === "boolean" ? false : null,
  );
}

/** An HTTP call's identity (`httpIdentity`) without the ignored parts. Header names are in lower case. */
export function countedRequest(identity: JsonObject, ignored: readonly IgnoredPart[]): JsonObject {
  const [headers, query, body] = [below(ignored, "headers"), below(ignored, "query"), below(ignored, "body")];
  const content = identity["body"] ?? null;
  return {
    ...identity,
    headers: without(
      identity["headers"] ?? null,
      headers.map((names) => names.map((name) => name.toLowerCase())),
    ),
    query: withoutPairs(identity["query"] ?? null, query),
    body: body.some((names) => names.length === 0) ? null : countedBody(content, body),
  };
}

function countedBody(content: Json, ignored: readonly IgnoredPart[]): Json {
  if (!isObject(content)) return content;
  if ("form" in content) return { form: withoutPairs(content["form"] ?? null, ignored) };
  return "json" in content ? { json: without(content["json"] ?? null, ignored) } : content;
}

function below(ignored: readonly IgnoredPart[], root: string): IgnoredPart[] {
  return ignored.filter(([name]) => name === root).map((names) => names.slice(1));
}

function withoutPairs(pairs: Json, ignored: readonly IgnoredPart[]): Json {
  if (!Array.isArray(pairs)) return pairs;
  return pairs.filter(
    (pair) => !ignored.some((names) => names[0] === undefined || names[0] === "*" || names[0] === (pair as Json[])[0]),
  );
}

function without(value: Json, ignored: readonly IgnoredPart[]): Json {
  return changed(value, ignored, () => undefined);
}

/** A copy with the values at these paths replaced; undefined removes a value, but leaves null in a list. */
function changed(value: Json, paths: readonly IgnoredPart[], replace: (value: Json) => Json | undefined): Json {
  if (paths.length === 0) return value;
  if (paths.some((names) => names.length === 0)) return replace(value) ?? null;
  const inside = (name: string, item: Json): Json | undefined => {
    const on = paths.filter(([first]) => first === name || first === "*").map((names) => names.slice(1));
    return on.some((names) => names.length === 0) ? replace(item) : changed(item, on, replace);
  };
  if (Array.isArray(value)) return value.map((item, index) => inside(String(index), item) ?? null);
  if (!isObject(value)) return value;
  const copy = Object.create(null) as JsonObject;
  for (const [name, item] of Object.entries(value)) {
    const kept = inside(name, item);
    if (kept !== undefined) copy[name] = kept;
  }
  return copy;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
