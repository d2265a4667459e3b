import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import type { HttpSpec } from "#/lib/tools/http-call.ts";
import {
  compileTemplate,
  type CompiledExpression,
  expressionsOf,
  referencedNodes,
  renderValue,
  type Scope,
} from "#/lib/expressions/expression.ts";

/** The templates of a run's transforms, by node id: what they made of `env` and `run` is as little the call's own. */
export type Transforms = ReadonlyMap<string, Json>;

/**
 * A template in the ways in which it can be filled without the run and its environment, the best first; the last is the way
 * it is filled for the call itself. A way may fail: text stands where a number was meant.
 */
type Way<T> = { template: T; scope: Scope };

/**
 * Renders a template as the identity of a call sees it: what comes from `env` or `run` is replaced by its name, so that it is
 * the same in every run and environment. Pure.
 */
export function renderStable(template: Json, scope: Scope, transforms: Transforms): Json {
  return firstOf(waysOf(template, scope, transforms, stableValue), ({ template: way, scope: seen }) =>
    renderValue(way, seen),
  );
}

/**
 * Builds what is called from the templates of an HTTP tool, in the same manner. `build` makes the concrete request; what it
 * throws for the last way passes through.
 */
export function buildStable<T>(
  spec: HttpSpec,
  scope: Scope,
  transforms: Transforms,
  build: (spec: HttpSpec, scope: Scope) => T,
): T {
  return firstOf(waysOf(spec, scope, transforms, stableSpec), (way) => build(way.template, way.scope));
}

function firstOf<T, R>(ways: Way<T>[], work: (way: Way<T>) => R): R {
  for (const way of ways.slice(0, -1))
    try {
      return work(way);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  return work(ways.at(-1) as Way<T>);
}

function waysOf<T>(template: T, scope: Scope, transforms: Transforms, replaced: (template: T) => T): Way<T>[] {
  if (!isOwn(template as Json, transforms, scope)) return [{ template, scope }];
  const named = stableScope(template as Json, scope, transforms, (name) => name);
  const alike = stableScope(template as Json, scope, transforms, standIn);
  return [
    { template: replaced(template), scope: named },
    { template: replaced(template), scope: alike },
    { template, scope: alike },
    { template, scope },
  ];
}

/** Does a template read the run or its environment, itself or through a transform? */
function isOwn(template: Json, transforms: Transforms, scope: Scope): boolean {
  if (expressionsOf(template).some(({ variables }) => variables.includes("env") || variables.includes("run")))
    return true;
  return transformsRead(template, transforms, scope).some(([, value]) => isOwn(value, transforms, scope));
}

/** The transforms that a template reads and that have ended; each stands before what reads it, so this comes to an end. */
function transformsRead(template: Json, transforms: Transforms, scope: Scope): [id: string, value: Json][] {
  if (transforms.size === 0) return [];
  const { ids, all } = referencedNodes(template);
  const nodes = (scope["nodes"] ?? {}) as JsonObject;
  return [...transforms].filter(
    ([id]) => (all || ids.includes(id)) && Object.hasOwn(nodes, id) && hasOutput(nodes[id]),
  );
}

function hasOutput(facts: Json | undefined): facts is JsonObject {
  return typeof facts === "object" && facts !== null && !Array.isArray(facts) && facts["status"] === "completed";
}

/** A value of the run or its environment → what stands for it. */
type StandIn = (name: string, value: Json) => Json;

function stableScope(template: Json, scope: Scope, transforms: Transforms, standsFor: StandIn): Scope {
  const nodes = { ...((scope["nodes"] ?? {}) as JsonObject) };
  for (const [id, value] of transformsRead(template, transforms, scope))
    if (isOwn(value, transforms, scope))
      nodes[id] = { ...(nodes[id] as JsonObject), output: renderStable(value, scope, transforms) };
  const facts = (holder: string) => stableFacts(holder, scope[holder], standsFor);
  return { ...scope, nodes, env: facts("env"), run: facts("run") };
}

function stableFacts(holder: string, facts: Json | undefined, standsFor: StandIn): JsonObject {
  const entries = Object.entries((facts ?? {}) as JsonObject);
  return Object.fromEntries(
    entries.map(([name, value]): [string, Json] => [name, standsFor(`${holder}.${name}`, value)]),
  );
}

/** A value of the same kind with nothing in it, for expressions that do more with it than to put it somewhere. */
function standIn(name: string, value: Json): Json {
  if (typeof value === "number") return 0;
  if (typeof value === "boolean") return false;
  if (typeof value !== "string") return name;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return addressOf(name);
  if (/^-?\d+(\.\d+)?$/.test(value)) return "0";
  if (value === "true" || value === "false") return "false";
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? "1970-01-01T00:00:00.000Z" : name;
}

function addressOf(name: string): string {
  return `http://${name.toLowerCase()}.invalid`;
}

function stableSpec(spec: HttpSpec): HttpSpec {
  const { url, headers, query, body } = spec;
  return {
    ...spec,
    url: stableText(url, true),
    ...(headers && { headers: stableValue(headers) as Record<string, string> }),
    ...(query && { query: stableValue(query) as JsonObject }),
    ...(body !== undefined && { body: stableValue(body) }),
  };
}

function stableValue(value: Json): Json {
  if (typeof value === "string") return stableText(value, false);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(stableValue);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, stableValue(item)]));
}

/** A text whose expressions of nothing but `env` and `run` are replaced by their names; of an address the first is its host. */
function stableText(text: string, isAddress: boolean): string {
  if (!text.includes("{{")) return text;
  const { parts } = compileTemplate(text);
  return parts
    .map((part, index) => {
      if (typeof part === "string") return literal(part, index < parts.length - 1);
      if (!isAllOwn(part)) return `{{ ${part.source} }}`;
      return isAddress && index === 0 ? addressOf(nameOf(part)) : nameOf(part);
    })
    .join("");
}

function isAllOwn({ variables }: CompiledExpression): boolean {
  return variables.length > 0 && variables.every((name) => name === "env" || name === "run");
}

/** An expression's name in an address, a header or a text: itself where it is a plain one. */
function nameOf({ source }: CompiledExpression): string {
  return /^\w+(\.\w+)+$/.test(source) ? source : `own.${sha256Hex(source).slice(0, 16)}`;
}

/** Braces of a literal text are written so that they stay literal. */
function literal(text: string, hasNext: boolean): string {
  const escaped = text.replaceAll("{{", "\\{{");
  return hasNext && escaped.endsWith("\\") ? `${escaped}\\` : escaped;
}
