import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { patternCost } from "#/lib/expressions/linear-regex.ts";
import { schemaWeight, type SchemaWeight } from "./schema-weight.ts";
import { type ValueSize, valueSize } from "./value-size.ts";

/** Values of a schema's JSON that are compiled in process: some 0.1 ms each. */
const maxValues = 300;
/** Steps (some 0.1 to 0.2 µs) that its patterns may take to compile, and all tests of texts in a validation. */
const maxTextSteps = 20_000;
/** Checks (up to 1 µs each, where each fails) that a validation in process may make. */
const maxChecks = 20_000;
/** How deep a value may be in process where references, or comparing items, apply parts of a schema many times. */
const maxDepthOfMany = 3;
/** Characters that are counted, for a limit of the length, in the time of a step. */
const countedInStep = 250;
/** Characters that a format is tested on in the time of a step, and their square where that is what a test takes. */
const formattedInStep = 4;
const squareInStep = 100;
/** Characters of a name that are written out, for a fault below it, in the time of a step. */
const namedInStep = 100;

/** What is known about a schema's cost: how many values it has and its defaults, its patterns, and what may multiply. */
export type SchemaCost = {
  schema: JsonObject;
  values: number;
  defaults: number;
  patterns: string[];
  hasReferences: boolean;
  comparesItems: boolean;
};

/** The cost of a schema; null when it is too large to be judged, or compiled, in passing. Pure; bounded itself. */
export function schemaCost(schema: JsonObject): SchemaCost | null {
  const cost: SchemaCost = {
    ...{ schema, values: 0, defaults: 0, patterns: [] },
    ...{ hasReferences: false, comparesItems: false },
  };
  const open: { item: Json; isDefault: boolean }[] = [{ item: schema, isDefault: false }];
  while (open.length > 0) {
    const { item: value = null, isDefault = false } = open.pop() ?? {};
    cost.values += 1;
    if (isDefault) cost.defaults += 1;
    if (cost.values + open.length > maxValues) return null;
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value) && value.length > maxValues) return null;
    // Key by key, for arrays too: this must not make a list of all the keys of a large value.
    const members = value as JsonObject;
    for (const key in members) {
      if (!Object.hasOwn(members, key)) continue;
      if (open.length > maxValues) return null;
      const item = members[key] ?? null;
      open.push({ item, isDefault: isDefault || key === "default" });
      note(cost, key, item);
    }
  }
  const steps = cost.patterns.reduce((sum, pattern) => sum + patternCost(pattern, 0), 0);
  return steps > maxTextSteps ? null : cost;
}

function note(cost: SchemaCost, key: string, item: Json): void {
  if (/^\$(?:ref|dynamicRef|recursiveRef)$/.test(key)) cost.hasReferences = true;
  if (key === "uniqueItems") cost.comparesItems = true;
  if (key === "pattern" && typeof item === "string") cost.patterns.push(item);
  if (key === "patternProperties" && typeof item === "object" && item !== null)
    cost.patterns.push(...Object.keys(item));
}

/**
 * True when validating this value is cheap: checks are at most parts × places, where a reference counts for all that it
 * leads to, and a default may put as many places as it has into each; patterns, formats and limits of length cost by the
 * length of the texts, and a name is written out for every fault below it. `uniqueItems` is taken to apply the whole to
 * every pair of places. Pure; bounded itself.
 */
export function isCheapToValidate(cost: SchemaCost, value: Json): boolean {
  const { schema, values, defaults, hasReferences, comparesItems } = cost;
  // What a default puts in makes the value deeper: nobody knows how often references are followed then.
  if (hasReferences && defaults > 0) return false;
  const size = valueSize(value, maxChecks);
  if (size === null || ((hasReferences || comparesItems) && size.depth > maxDepthOfMany)) return false;
  const weight = schemaWeight(schema, defaults > 0 ? size.depth + values : size.depth);
  if (weight === null) return false;
  const places = size.places * (comparesItems ? size.places : 1) * (1 + defaults);
  return places * weight.parts <= maxChecks && textSteps(weight, size) <= maxTextSteps;
}

function textSteps(weight: SchemaWeight, size: ValueSize): number {
  return (
    weight.patternSteps * size.texts +
    weight.patternStepsPerCharacter * size.characters +
    (weight.lengths * size.characters) / countedInStep +
    (weight.formats * size.formatted) / formattedInStep +
    (weight.squareFormats * size.formattedSquare) / squareInStep +
    (weight.parts * size.nameCharacters) / namedInStep
  );
}
