import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { patternCost } from "#/lib/expressions/linear-regex.ts";

/** Values of a schema's JSON that are compiled in process: some 0.1 ms each. */
const maxValues = 300;
/** Steps (some 0.1 to 0.2 µs) that its patterns may take to compile. */
const maxPatternSteps = 20_000;
/** Checks (up to 1 µs each, where each fails) that a validation in process may make. */
const maxChecks = 20_000;

/** What is known about a schema's cost: how many values it has, its patterns, and whether checks may multiply. */
export type SchemaCost = { values: number; patterns: string[]; multiplies: boolean };

/** The cost of a schema; null when it is too large to be judged, or compiled, in passing. Pure; bounded itself. */
export function schemaCost(schema: JsonObject): SchemaCost | null {
  const cost: SchemaCost = { values: 0, patterns: [], multiplies: false };
  const open: Json[] = [schema];
  while (open.length > 0) {
    const value = open.pop();
    cost.values += 1;
    if (cost.values + open.length > maxValues) return null;
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value) && value.length > maxValues) return null;
    // Key by key, for arrays too: this must not make a list of all the keys of a large value.
    const members = value as JsonObject;
    for (const key in members) {
      if (!Object.hasOwn(members, key)) continue;
      if (open.length > maxValues) return null;
      const item = members[key] ?? null;
      open.push(item);
      note(cost, key, item);
    }
  }
  const steps = cost.patterns.reduce((sum, pattern) => sum + patternCost(pattern, 0), 0);
  return steps > maxPatternSteps ? null : cost;
}

function note(cost: SchemaCost, key: string, item: Json): void {
  // References apply one part of a schema many times, `uniqueItems` compares each item with each.
  if (/^\$(?:ref|dynamicRef|recursiveRef)$/.test(key) || key === "uniqueItems") cost.multiplies = true;
  if (key === "pattern" && typeof item === "string") cost.patterns.push(item);
  if (key === "patternProperties" && typeof item === "object" && item !== null)
    cost.patterns.push(...Object.keys(item));
}

/**
 * True when validating this value is cheap: no part of the schema is applied to a place more than once, so that checks are
 * at most parts × places, and patterns cost by the length of the texts. Where references or `uniqueItems` multiply, each
 * is taken to apply the whole to every pair of places, and deep values are never cheap. Pure; bounded itself.
 */
export function isCheapToValidate({ values, patterns, multiplies }: SchemaCost, value: Json): boolean {
  const most = Math.floor(multiplies ? Math.sqrt(maxChecks / values) : maxChecks / values);
  const open: { value: Json; depth: number }[] = [{ value, depth: 0 }];
  let places = 0;
  let steps = 0;
  while (open.length > 0) {
    const top = open.pop();
    if (!top) break;
    places += 1;
    if (places + open.length > most || (multiplies && top.depth > 3)) return false;
    steps += textSteps(patterns, top.value);
    if (steps > maxPatternSteps) return false;
    if (typeof top.value !== "object" || top.value === null) continue;
    if (Array.isArray(top.value) && top.value.length > most) return false;
    const members = top.value as JsonObject;
    for (const key in members) {
      if (!Object.hasOwn(members, key)) continue;
      if (open.length > most) return false;
      const item = members[key] ?? null;
      steps += textSteps(patterns, key);
      open.push({ value: item, depth: top.depth + 1 });
    }
  }
  return true;
}

function textSteps(patterns: string[], value: Json): number {
  if (typeof value !== "string") return 0;
  return patterns.reduce((sum, pattern) => sum + patternCost(pattern, value.length), 0);
}
