import type { Json } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { isSecretHeader, isSecretParameter } from "#/lib/core/secret-names.ts";
import { compileTemplate } from "#/lib/expressions/expression.ts";
import type { HttpSpec } from "#/lib/tools/http-call.ts";
import type { WorkflowDefinition } from "./definition.ts";
import { placedNodes } from "./node-walk.ts";
import { pathSegment } from "./schema-messages.ts";

/** Requests that a definition writes out, each with its path. */
function placedRequests(definition: WorkflowDefinition): { http: HttpSpec; path: string }[] {
  return [
    ...Object.entries(definition.tools ?? {}).flatMap(([name, tool]) =>
      tool.http ? [{ http: tool.http, path: `tools.${name}.http` }] : [],
    ),
    ...placedNodes(definition).flatMap(({ node, path }) =>
      node.type === "tool" && node.http ? [{ http: node.http, path: `${path}.http` }] : [],
    ),
  ];
}

/** The most warnings about one version. */
export const maxWarnings = 100;

/**
 * What a version may hold but should not: credentials written into it, which everyone who reads the workspace can read.
 * A value that is read from somewhere (`env`, `trigger`) is not a credential. At most 100 are told. Pure.
 */
export function credentialWarnings(definition: WorkflowDefinition): FieldError[] {
  const found: FieldError[] = [];
  const left = { characters: longestTemplates };
  for (const request of placedRequests(definition)) {
    if (found.length >= maxWarnings) break;
    found.push(...warningsOf(request, left));
  }
  return found.slice(0, maxWarnings);
}

/** Of templates that are compiled for the warnings about one version, 3.5 µs for each; others are taken to read a value. */
const longestTemplates = 16_384;

function warningsOf({ http, path }: { http: HttpSpec; path: string }, left: { characters: number }): FieldError[] {
  return [
    ...Object.entries(http.headers ?? {})
      .filter(([name, value]) => isSecretHeader(name) && isLiteralCredential(value, left))
      .map(([name]) => warning(`${path}.headers${pathSegment(name)}`, `the header ${name}`)),
    ...Object.entries(http.query ?? {})
      .filter(([name, value]) => isSecretParameter(name) && isLiteralCredential(value, left))
      .map(([name]) => warning(`${path}.query${pathSegment(name)}`, `the parameter ${name}`)),
    ...literalParameters(http.url).map((name) => warning(`${path}.url`, `the parameter ${name}`)),
  ];
}

function warning(path: string, what: string): FieldError {
  return {
    path,
    message: `${what} contains a credential that everyone with access to this workspace can read; keep it in a secret variable and write {{ env.NAME }}`,
  };
}

/** Something is written there besides a scheme such as `Bearer`, without an expression that reads a value. */
function isLiteralCredential(value: Json, left: { characters: number }): boolean {
  if (Array.isArray(value)) return value.some((item) => isLiteralCredential(item, left));
  if (typeof value !== "string") return typeof value === "number";
  if (/^\s*(?:(?:bearer|basic|token|apikey)\s*)?$/i.test(value)) return false;
  if (!value.includes("{{")) return true;
  left.characters -= value.length;
  if (left.characters < 0) return false;
  return compileTemplate(value).parts.every((part) => typeof part === "string" || part.variables.length === 0);
}

/** A name ends at any `?`: otherwise a URL of nothing but `?` would be read again from each of them. */
function literalParameters(url: string): string[] {
  return [...url.matchAll(/[?&#]([^=&#{}?]+)=([^&#]*)/g)].flatMap(([, name = "", value = ""]) =>
    isSecretParameter(name) && value !== "" && !value.includes("{{") ? [name] : [],
  );
}
