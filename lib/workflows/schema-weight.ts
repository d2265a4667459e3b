import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { patternCost } from "#/lib/expressions/linear-regex.ts";

/**
 * What a schema does at most to one place of a value, and to the places below it. `parts` counts checks; the others say
 * what they cost by the length of a text.
 */
export type SchemaWeight = {
  parts: number;
  /** Limits of a text's length. */
  lengths: number;
  /** Formats, and those whose test takes time by the square of the text. */
  formats: number;
  squareFormats: number;
  /** Steps of patterns for any text, and for each of its characters. */
  patternSteps: number;
  patternStepsPerCharacter: number;
};

const nothing: SchemaWeight = {
  ...{ parts: 0, lengths: 0, formats: 0, squareFormats: 0 },
  ...{ patternSteps: 0, patternStepsPerCharacter: 0 },
};
const names = Object.keys(nothing) as (keyof SchemaWeight)[];

/** Formats whose test takes time by the square of the text. */
const square: ReadonlySet<Json> = new Set(["url", "regex"]);
/** Keywords that apply what they hold to values below the one at hand, by name or directly. */
const mapsBelow = new Set(["properties", "patternProperties"]);
const below = new Set([
  ...["items", "prefixItems", "additionalItems", "contains", "unevaluatedItems"],
  ...["additionalProperties", "propertyNames", "unevaluatedProperties"],
]);
/** What only references lead to. */
const definitions = new Set(["$defs", "definitions"]);
/** By these a reference may lead to a place that is not written in it. */
const aliases = new Set(["$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor"]);

/**
 * The weight of a schema for a value that is `depth` deep (0 for a text or an empty list). A reference weighs as much as
 * what it leads to, each time: two references to what holds two references make four. Null when that cannot be told, or
 * never ends. Pure; takes time by the size of the schema times the depth.
 */
export function schemaWeight(schema: JsonObject, depth: number): SchemaWeight | null {
  /** By place and by what is left of the depth; open while it is being told, so that what leads to itself is seen. */
  const known = new Map<object, Map<number, SchemaWeight | "open">>();
  let isKnown = true;

  function ofPlace(place: Json | undefined, left: number): SchemaWeight {
    if (typeof place !== "object" || place === null || left < 0) return nothing;
    const levels = known.get(place) ?? new Map<number, SchemaWeight | "open">();
    known.set(place, levels);
    const before = levels.get(left);
    if (before === "open") isKnown = false;
    else if (before) return before;
    if (!isKnown) return nothing;
    levels.set(left, "open");
    const sum = Array.isArray(place) ? inAll(place, left) : ofSchema(place, left);
    levels.set(left, sum);
    return sum;
  }

  function inAll(places: readonly Json[], left: number): SchemaWeight {
    const sum = { ...nothing, parts: places.length };
    for (const place of places) add(sum, ofPlace(place, left));
    return sum;
  }

  function ofSchema(place: JsonObject, left: number): SchemaWeight {
    const sum = { ...nothing };
    for (const [key, item] of Object.entries(place)) {
      sum.parts += 1;
      if (aliases.has(key)) isKnown = false;
      else if (key === "$ref") add(sum, ofPlace(target(item), left));
      else if (mapsBelow.has(key)) add(sum, inAll(Object.values(item ?? {}), left - 1));
      else if (below.has(key)) add(sum, ofPlace(item, left - 1));
      else if (!definitions.has(key)) add(sum, ofPlace(item, left));
      addText(sum, key, item);
    }
    return sum;
  }

  /** What `#/$defs/a` leads to. */
  function target(reference: Json): Json | undefined {
    if (typeof reference !== "string" || !/^#(?:\/|$)/.test(reference) || reference.includes("%")) {
      isKnown = false;
      return undefined;
    }
    let at: Json | undefined = schema;
    for (const part of reference.split("/").slice(1)) {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      at = typeof at === "object" && at !== null && Object.hasOwn(at, key) ? (at as JsonObject)[key] : undefined;
    }
    return at;
  }

  const weight = ofPlace(schema, depth);
  return isKnown && names.every((name) => Number.isFinite(weight[name])) ? weight : null;
}

function add(sum: SchemaWeight, other: SchemaWeight): void {
  for (const name of names) sum[name] += other[name];
}

function addText(sum: SchemaWeight, key: string, item: Json): void {
  if (key === "minLength" || key === "maxLength") sum.lengths += 1;
  if (key === "format") sum[square.has(item) ? "squareFormats" : "formats"] += 1;
  const patterns =
    key === "pattern" && typeof item === "string" ? [item] : key === "patternProperties" ? Object.keys(item ?? {}) : [];
  for (const pattern of patterns) {
    const steps = patternCost(pattern, 0);
    sum.patternSteps += steps;
    sum.patternStepsPerCharacter += (patternCost(pattern, 1000) - steps) / 1000;
  }
}
