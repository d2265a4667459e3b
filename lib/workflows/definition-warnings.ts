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
  return credentialsIn(definition, maxWarnings).map(({ path, what }) => ({
    path,
    message: `${what} contains a credential that everyone with access to this workspace can read; keep it in a secret variable and write {{ env.NAME }}`,
  }));
}

/** A credential that is written into a definition: where, what holds it, and the texts that make it up. */
type Credential = { path: string; what: string; texts: string[] };

/** The first `most` credentials that are written into a definition. Pure. */
export function credentialsIn(definition: WorkflowDefinition, most = Infinity): Credential[] {
  const found: Credential[] = [];
  const left = { characters: longestTemplates };
  for (const request of placedRequests(definition)) {
    if (found.length >= most) break;
    found.push(...credentialsOf(request, left));
  }
  return found.slice(0, most);
}

/** Of templates that are compiled for the credentials of one version, 3.5 µs for each; others are taken to read a value. */
const longestTemplates = 16_384;

function credentialsOf({ http, path }: { http: HttpSpec; path: string }, left: { characters: number }): Credential[] {
  return [
    ...Object.entries(http.headers ?? {})
      .filter(([name, value]) => isSecretHeader(name) && isLiteralCredential(value, left))
      .map(([name, value]) => credential(`${path}.headers${pathSegment(name)}`, `the header ${name}`, value)),
    ...Object.entries(http.query ?? {})
      .filter(([name, value]) => isSecretParameter(name) && isLiteralCredential(value, left))
      .map(([name, value]) => credential(`${path}.query${pathSegment(name)}`, `the parameter ${name}`, value)),
    ...literalParameters(http.url).map(([name, value]) => credential(`${path}.url`, `the parameter ${name}`, value)),
  ];
}

function credential(path: string, what: string, value: Json): Credential {
  const texts = [value].flat(20).map((item) => String(item));
  return { path, what, texts: [...new Set([...texts, ...texts.map((text) => text.replace(scheme, ""))])] };
}

const scheme = /^\s*(?:bearer|basic|token|apikey)\s+/i;

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
function literalParameters(url: string): [name: string, value: string][] {
  return [...url.matchAll(/[?&#]([^=&#{}?]+)=([^&#]*)/g)].flatMap(([, name = "", value = ""]): [string, string][] =>
    isSecretParameter(name) && value !== "" && !value.includes("{{") ? [[name, value]] : [],
  );
}
