import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { redactedMark } from "#/lib/core/mask-urls.ts";
import { Budget } from "#/lib/expressions/cel-fault.ts";
import { expressionsOf, renderValue, type CompiledExpression, type Scope } from "#/lib/expressions/expression.ts";
import { buildHttpCall } from "#/lib/tools/http-call.ts";
import { httpSpecOf, shownRequest, type WorkspaceTool } from "#/lib/tools/tool-source.ts";
import type { StaticToolCall } from "#/lib/workflows/tool-calls.ts";

/** What is known before a replay about the values that fill its requests. */
export type KnownValues = {
  /** The payload as the run will see it; absent where it is known only during the run. */
  trigger?: Json;
  /** What expressions see of the nodes whose outcome the replay reuses or repeats. */
  nodes: { readonly [id: string]: JsonObject };
  /** The environment's variables, without the values of secrets. */
  env: { plain: Readonly<Record<string, string>>; secretNames: readonly string[] };
};

/** Nothing of the run is known (as inside a workflow that the replay runs as a step), or none of it may be shown. */
export function onlyEnvironment(env: KnownValues["env"]): KnownValues {
  return { nodes: {}, env };
}

/** Longer addresses are shown as they were written. */
const longestAddress = 2000;
/** Of templates that are compiled for the addresses of one plan, 3.5 µs for each; the others are shown as written. */
export const longestTemplates = 20_000;
/** What filling addresses may cost: steps, and characters of templates. */
export type Filling = { steps: Budget; characters: number };
/** Stands in for a secret while the address is built: it must be valid in a host, a path and a query. */
const secretStandIn = "secret0stands0here";

/**
 * Method and address of a call as they would be sent, without secrets; null when they are not known before the run, or
 * the call is not an HTTP request. `within`: what that may cost, shared with others, and used up here.
 */
export function filledRequest(
  { source, given }: Pick<StaticToolCall, "source" | "given">,
  tool: WorkspaceTool | null,
  known: KnownValues,
  within: Filling = { steps: new Budget(), characters: longestTemplates },
): string | null {
  const { steps } = within;
  const spec = httpSpecOf(source, tool);
  if (!spec) return null;
  const address = { method: spec.method, url: spec.url, ...(spec.query && { query: spec.query }) };
  if (within.characters > 0) within.characters -= JSON.stringify([address, given]).length;
  if (within.characters <= 0) return null;
  try {
    const expressions = expressionsOf(address);
    const readsArguments = expressions.some(({ variables }) => variables.includes("args"));
    if (!expressions.every((expression) => isKnown(expression, known, given !== null))) return null;
    const scope = scopeOf(known);
    if (readsArguments && !isFilledFromKnown(given, known)) return null;
    const call = buildHttpCall(
      address,
      readsArguments ? { ...scope, args: renderValue(given, scope, steps) } : scope,
      steps,
    );
    if (call.url.length > longestAddress) return null;
    return shownRequest(call).replaceAll(secretStandIn, redactedMark);
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}

/** Arguments may be used in any way, so a secret in them leaves the address unknown. */
function isFilledFromKnown(given: Json, known: KnownValues): boolean {
  return expressionsOf(given).every(
    (expression) => isKnown(expression, known, false) && !variablesRead(expression.source)?.some(isSecretOf(known)),
  );
}

/** Whether everything that an expression reads is known. A secret counts only where it is the whole expression. */
function isKnown(expression: CompiledExpression, known: KnownValues, hasArguments: boolean): boolean {
  const { variables, nodeIds, readsAnyNode, source } = expression;
  if (readsAnyNode || !nodeIds.every((id) => Object.hasOwn(known.nodes, id))) return false;
  return variables.every((name) => {
    if (name === "trigger") return known.trigger !== undefined;
    if (name === "args") return hasArguments;
    return name === "nodes" || (name === "env" && isEnvironmentKnown(source, known));
  });
}

function isEnvironmentKnown(source: string, known: KnownValues): boolean {
  const names = variablesRead(source);
  if (names === null) return false;
  const isPlain = names.every((name) => Object.hasOwn(known.env.plain, name));
  return isPlain || (source === `env.${names[0]}` && names.some(isSecretOf(known)));
}

/** The variables that an expression names as `env.NAME`; null when it reads the environment in some other way. */
function variablesRead(source: string): string[] | null {
  const named = [...source.matchAll(/\benv\.([A-Za-z_]\w*)/g)].map(([, name = ""]) => name);
  return named.length === [...source.matchAll(/\benv\b/g)].length ? named : null;
}

function isSecretOf({ env }: KnownValues): (name: string) => boolean {
  return (name) => env.secretNames.includes(name);
}

function scopeOf({ trigger, nodes, env }: KnownValues): Scope {
  // No prototype: a variable may be named __proto__.
  const values = Object.assign(Object.create(null) as Record<string, string>, env.plain);
  for (const name of env.secretNames) values[name] = secretStandIn;
  return { nodes: { ...nodes }, env: values, ...(trigger === undefined ? {} : { trigger }) };
}
