import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { sha256Hex } from "#/lib/core/hash.ts";
import type { Budget } from "#/lib/expressions/cel-fault.ts";
import type { HttpSpec } from "#/lib/tools/http-call.ts";
import {
  compileTemplate,
  type CompiledExpression,
  expressionsOf,
  referencedNodes,
  renderValue,
  type Scope,
} from "#/lib/expressions/expression.ts";

/** The templates of a run's transforms, by node id: what they made of `env` and `run` is not the call's own either. */
export type Transforms = ReadonlyMap<string, Json>;

/** What templates are filled from here, and the budget of steps that they all share. */
export type Seen = { scope: Scope; transforms: Transforms; steps: Budget };

/**
 * A template in a form that can be filled without the run and its environment. It may fail: a text may be where a
 * number was meant.
 */
type Way<T> = () => { template: T; scope: Scope };

/**
 * Renders a template as the identity of a call sees it: what comes from `env` or `run` is replaced by its name, so that
 * it is the same in every run and environment. `real` is what the template was filled to for the call itself; it is
 * used for what depends on neither, and where no other way is left or the steps are used up. Pure.
 */
export function renderStable(template: Json, seen: Seen, real: Json): Json {
  return new StableParts(seen).render(template, real);
}

/**
 * Builds what is called from the templates of an HTTP tool, in the same way. `build` makes the concrete request; what
 * it throws for the original templates passes through. Pure.
 */
export function buildStable<T>(
  spec: HttpSpec,
  seen: Seen,
  build: (spec: HttpSpec, scope: Scope, steps: Budget) => T,
): T {
  const ways = new StableParts(seen).waysOf(spec, stableSpec);
  return firstOf(
    ways,
    ({ template, scope }) => build(template, scope, seen.steps),
    () => build(spec, seen.scope, seen.steps),
  );
}

function firstOf<T, R>(ways: Way<T>[], work: (way: ReturnType<Way<T>>) => R, last: () => R): R {
  for (const way of ways)
    try {
      return work(way());
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  return last();
}

/** The stable forms of templates at one place; each transform is looked at once, however many paths lead to it. */
class StableParts {
  readonly #seen: Seen;
  readonly #nodes: JsonObject;
  readonly #own = new Map<string, boolean>();
  readonly #outputs = new Map<string, Json>();

  constructor(seen: Seen) {
    this.#seen = seen;
    this.#nodes = (seen.scope["nodes"] ?? {}) as JsonObject;
  }

  render(template: Json, real: Json): Json {
    return firstOf(
      this.waysOf(template, stableValue),
      (way) => renderValue(way.template, way.scope, this.#seen.steps),
      () => real,
    );
  }

  /** Best first; none for a template that depends on neither the run nor its environment. */
  waysOf<T>(template: T, replaced: (template: T) => T): Way<T>[] {
    const read = this.#transformsRead(template as Json);
    if (!this.#isOwn(template as Json, read)) return [];
    const named = () => this.#scope(read, (name) => name);
    const alike = () => this.#scope(read, standIn);
    return [
      () => ({ template: replaced(template), scope: named() }),
      () => ({ template: replaced(template), scope: alike() }),
      () => ({ template, scope: alike() }),
    ];
  }

  /** Does a template read the run or its environment, directly or through a transform? */
  #isOwn(template: Json, read: string[]): boolean {
    if (expressionsOf(template).some(({ variables }) => variables.includes("env") || variables.includes("run")))
      return true;
    return read.some((id) => this.#isOwnTransform(id));
  }

  /** Each transform comes before what reads it, so this ends. */
  #isOwnTransform(id: string): boolean {
    const known = this.#own.get(id);
    if (known !== undefined) return known;
    const template = this.#seen.transforms.get(id) ?? null;
    const own = this.#isOwn(template, this.#transformsRead(template));
    this.#own.set(id, own);
    return own;
  }

  /** The transforms that a template reads and that have ended. */
  #transformsRead(template: Json): string[] {
    const { transforms } = this.#seen;
    if (transforms.size === 0) return [];
    const { ids, all } = referencedNodes(template);
    return (all ? [...transforms.keys()] : ids.filter((id) => transforms.has(id))).filter(
      (id) => Object.hasOwn(this.#nodes, id) && hasOutput(this.#nodes[id]),
    );
  }

  #scope(read: string[], standsFor: StandIn): Scope {
    const { scope } = this.#seen;
    const nodes = { ...this.#nodes };
    for (const id of read)
      if (this.#isOwnTransform(id)) nodes[id] = { ...(nodes[id] as JsonObject), output: this.#output(id) };
    const facts = (holder: string) => stableFacts(holder, scope[holder], standsFor);
    return { ...scope, nodes, env: facts("env"), run: facts("run") };
  }

  #output(id: string): Json {
    const known = this.#outputs.get(id);
    if (known !== undefined) return known;
    const real = (this.#nodes[id] as JsonObject)["output"] ?? null;
    const output = this.render(this.#seen.transforms.get(id) ?? null, real);
    this.#outputs.set(id, output);
    return output;
  }
}

function hasOutput(facts: Json | undefined): facts is JsonObject {
  return typeof facts === "object" && facts !== null && !Array.isArray(facts) && facts["status"] === "completed";
}

/** A value of the run or its environment → what stands for it. */
type StandIn = (name: string, value: Json) => Json;

function stableFacts(holder: string, facts: Json | undefined, standsFor: StandIn): JsonObject {
  const entries = Object.entries((facts ?? {}) as JsonObject);
  return Object.fromEntries(
    entries.map(([name, value]): [string, Json] => [name, standsFor(`${holder}.${name}`, value)]),
  );
}

/** A value of the same kind with nothing in it, for expressions that do more with it than insert it somewhere. */
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

/**
 * A text whose expressions of only `env` and `run` are replaced by their names; in an address, the first is its host.
 */
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

/** The name of an expression in an address, a header or a text: the expression itself where it is a plain one. */
function nameOf({ source }: CompiledExpression): string {
  return /^\w+(\.\w+)+$/.test(source) ? source : `own.${sha256Hex(source).slice(0, 16)}`;
}

/** Escapes the braces of a literal text, so that they stay literal. */
function literal(text: string, hasNext: boolean): string {
  const escaped = text.replaceAll("{{", "\\{{");
  return hasNext && escaped.endsWith("\\") ? `${escaped}\\` : escaped;
}
