import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { type CompiledCel, compileCel } from "./cel-compile.ts";
import { Budget, CelFault, CelLimit } from "./cel-fault.ts";
import type { Scope } from "./cel-runtime.ts";
import { measureJson, setOwn, toJson, type Value } from "./cel-values.ts";
import { splitTemplate } from "./template-parts.ts";

export type { Scope } from "./cel-runtime.ts";

/** Longest CEL expression, in characters. */
export const maxExpressionLength = 4096;

/** A text with `{{ }}`: literal pieces and expressions, in order. */
export type Template = { parts: (string | CompiledExpression)[] };
export type CompiledExpression = CompiledCel & { source: string };

/** Compiling an uncached text takes some 3 µs per character, as long as tens of steps; most texts are cached. */
const stepsOfCharacter = 10;

const cache = new BoundedCache<CompiledExpression>(2000);

/**
 * Compiles one CEL expression (without braces), through a bounded cache. Throws `expression_failed`, which names the
 * expression, what is wrong and where.
 */
export function compileExpression(source: string): CompiledExpression {
  const text = source.trim();
  if (text === "") throw new DomainError("expression_failed", "The expression is empty");
  if (text.length > maxExpressionLength)
    throw new DomainError("expression_failed", `The expression is longer than ${maxExpressionLength} characters`);
  return guarded(text, "is not valid", () => cache.getOrMake(text, () => ({ ...compileCel(text), source: text })));
}

/**
 * Compiles a text that may hold `{{ }}`; `\{{` is a literal `{{`. Throws `expression_failed`. With `steps`, each
 * expression is charged for its length even if it was compiled before, so that the same text always costs the same.
 */
export function compileTemplate(text: string, steps?: Budget): Template {
  return {
    parts: splitTemplate(text).map((part) => {
      if (typeof part === "string") return part;
      if (steps) limited(part.expression, () => steps.charge(part.expression.length * stepsOfCharacter));
      return compileExpression(part.expression);
    }),
  };
}

/**
 * Renders every string inside a JSON value. A string that is exactly one `{{ }}` becomes the expression's value with
 * its type; otherwise results are inserted into the text (strings as they are, anything else as JSON). Keys are not
 * templates. Throws `expression_failed`. The whole result is limited to 10 MiB, and all its expressions share one
 * budget of steps, which several values may share too.
 */
export function renderValue(value: Json, scope: Scope, steps = new Budget()): Json {
  return renderInto(value, scope, steps.forOne());
}

/** Renders one text; the result is always a text. Throws `expression_failed`. */
export function renderText(text: string, scope: Scope, steps = new Budget()): string {
  return joined(renderParts(text, scope, steps));
}

function joined(parts: RenderedPart[]): string {
  return parts.map((part) => (typeof part === "string" ? part : asText(part.value))).join("");
}

/** A literal text, or an expression with its value; `variables` are the names that it reads. */
export type RenderedPart = string | { source: string; variables: readonly string[]; value: Json };

/** The pieces of one text in order, for places where a value is not inserted as it is. Throws `expression_failed`. */
export function renderParts(text: string, scope: Scope, steps = new Budget()): RenderedPart[] {
  return evaluateParts(text, compileTemplate(text, steps), scope, steps);
}

function evaluateParts(text: string, { parts }: Template, scope: Scope, steps: Budget): RenderedPart[] {
  const size = new Budget();
  return parts.map((part) => {
    const value = typeof part === "string" ? part : evaluateCompiled(part, scope, steps);
    limited(text, () => size.chargeResult(asText(value).length));
    return typeof part === "string" ? part : { source: part.source, variables: part.variables, value };
  });
}

/** Evaluates a condition; `{{ }}` around it is allowed. Any result but true or false is `expression_failed`. */
export function evaluateCondition(condition: string, scope: Scope, steps = new Budget()): boolean {
  const compiled = compileCondition(condition);
  const result = evaluateCompiled(compiled, scope, steps);
  if (typeof result === "boolean") return result;
  throw new DomainError(
    "expression_failed",
    `Expression ${shown(compiled.source)} failed: a condition must be true or false`,
  );
}

/** The expression of a condition, with or without `{{ }}`. */
export function compileCondition(condition: string): CompiledExpression {
  const trimmed = condition.trim();
  if (!trimmed.startsWith("{{")) return compileExpression(trimmed);
  const [part, ...rest] = splitTemplate(trimmed);
  if (part === undefined || typeof part === "string" || rest.length > 0)
    throw new DomainError("expression_failed", "A condition must be one expression");
  return compileExpression(part.expression);
}

/** The nodes that all templates inside a JSON value refer to; `all` when one may mean any. Throws `expression_failed`. */
export function referencedNodes(value: Json): { ids: string[]; all: boolean } {
  const found = expressionsOf(value);
  return {
    ids: [...new Set(found.flatMap((expression) => expression.nodeIds))],
    all: found.some((expression) => expression.readsAnyNode),
  };
}

/** Every expression in the templates of a JSON value. Throws `expression_failed` at the first that does not compile. */
export function expressionsOf(value: Json): CompiledExpression[] {
  if (typeof value === "string") return compileTemplate(value).parts.filter((part) => typeof part !== "string");
  if (typeof value !== "object" || value === null) return [];
  return (Array.isArray(value) ? value : Object.values(value)).flatMap(expressionsOf);
}

function renderInto(value: Json, scope: Scope, size: Budget): Json {
  if (typeof value === "string") return renderString(value, scope, size);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renderInto(item, scope, size));
  const result: JsonObject = {};
  for (const key of Object.keys(value)) setOwn(result, key, renderInto(value[key] ?? null, scope, size));
  return result;
}

function renderString(text: string, scope: Scope, size: Budget): Json {
  if (!text.includes("{{")) return text;
  const template = compileTemplate(text, size);
  const [only, ...others] = template.parts;
  const result =
    only !== undefined && typeof only !== "string" && others.length === 0
      ? evaluateCompiled(only, scope, size)
      : joined(evaluateParts(text, template, scope, size));
  limited(text, () => measureJson(result, size));
  return result;
}

function evaluateCompiled(compiled: CompiledExpression, scope: Scope, steps: Budget): Json {
  const budget = steps.forOne();
  return guarded(compiled.source, "failed", () => {
    const value: Value = compiled.evaluate(scope, budget);
    return toJson(value, budget);
  });
}

function asText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function limited(text: string, measure: () => void): void {
  guarded(text, "failed", measure);
}

function guarded<Result>(source: string, verb: "failed" | "is not valid", run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    const fault = error instanceof RangeError ? new CelLimit("it is nested too deeply") : error;
    if (!(fault instanceof CelFault || fault instanceof CelLimit)) throw error;
    const position = fault instanceof CelFault ? fault.position : undefined;
    const where = position === undefined ? "" : ` (at character ${position + 1})`;
    throw new DomainError("expression_failed", `Expression ${shown(source)} ${verb}: ${fault.message}${where}`, {
      details: { expression: clipped(source), ...(position === undefined ? {} : { position }) },
    });
  }
}

function shown(source: string): string {
  return `\`${clipped(source)}\``;
}

function clipped(source: string): string {
  return source.length > 200 ? `${source.slice(0, 200)}…` : source;
}
