import type { Json } from "#/lib/contract/json.ts";

/** What is known of a tool or a call of it. Judge the filled-in call if there is one: templates can add overrides. */
export type ToolFacts =
  | {
      kind: "http";
      method: string;
      url: string;
      headers?: Record<string, string>;
      query?: Record<string, Json>;
      body?: Json;
      /** The author's mark on the tool or on the node; it can only raise. */
      mutating?: boolean;
      /** An admin of the workspace marked this tool mutating. */
      adminMutating?: boolean;
    }
  | {
      kind: "mcp";
      /** An admin of the workspace marked this tool read-only. */
      adminReadOnly: boolean;
      /** An admin of the workspace marked this tool mutating. */
      adminMutating?: boolean;
      serverTrusted: boolean;
      /** The tool's own `readOnlyHint`; null when it has none. */
      readOnlyHint: boolean | null;
      definitionHash: string;
      /** Hash of the definition seen when the server was trusted. */
      trustedDefinitionHash: string | null;
      mutating?: boolean;
    }
  | { kind: "builtin"; mutating: boolean }
  /** Runs at the model provider (hosted connectors, code execution): it never passes our gate. */
  | { kind: "provider" }
  /** Named, but not among the workspace's tools now. */
  | { kind: "missing" }
  /** Would be read-only if its definition were still the trusted one, but nobody can say whether it is. */
  | { kind: "unchecked" };

export type Mutability = { mutating: boolean; why: string };

/**
 * Decides whether a tool call may change something (product contract, "Mutating"): it does unless it is proven
 * read-only. `why` is a short reason that the UI shows.
 */
export function judgeMutability(tool: ToolFacts): Mutability {
  switch (tool.kind) {
    case "http":
      return markOn(tool) ?? judgeHttp(tool);
    case "mcp":
      return markOn(tool) ?? judgeMcp(tool);
    case "builtin":
      return tool.mutating
        ? { mutating: true, why: "this built-in tool declares itself mutating" }
        : { mutating: false, why: "this built-in tool declares itself read-only" };
    case "provider":
      return { mutating: true, why: "runs at the provider and cannot be intercepted" };
    case "missing":
      return { mutating: true, why: "the workspace no longer has this tool" };
    case "unchecked":
      return { mutating: true, why: "its server could not confirm that its definition is still the trusted one" };
  }
}

/** Marks as mutating, which settle the question. */
function markOn(tool: { mutating?: boolean; adminMutating?: boolean }): Mutability | null {
  if (tool.mutating === true) return { mutating: true, why: "marked mutating by its author" };
  return tool.adminMutating === true ? { mutating: true, why: "marked mutating by an admin" } : null;
}

const readOnlyMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
const overrideHeaders: ReadonlySet<string> = new Set(["x-http-method-override", "x-http-method", "x-method-override"]);

function judgeHttp(tool: Extract<ToolFacts, { kind: "http" }>): Mutability {
  const method = tool.method.trim().toUpperCase();
  if (method.includes("{{")) return { mutating: true, why: "the method is only known when the call is made" };
  if (!readOnlyMethods.has(method)) return { mutating: true, why: `${method} is mutating` };
  const override = methodOverride(tool);
  return override
    ? { mutating: true, why: `${method} with a method override (${override}) is mutating` }
    : { mutating: false, why: `${method} is read-only` };
}

/** Where the request overrides its method, to whatever: frameworks differ in which of these they obey. */
function methodOverride(tool: Extract<ToolFacts, { kind: "http" }>): string | null {
  const header = Object.keys(tool.headers ?? {}).find((name) => overrideHeaders.has(headerName(name)));
  if (header !== undefined) return header;
  const parameters = [...Object.keys(tool.query ?? {}), ...parameterNames(afterQuestionMark(tool.url))];
  const parameter = parameters.find(isOverrideParameter);
  if (parameter !== undefined) return `query ${parameter}`;
  const field = bodyNames(tool.body).find(isOverrideParameter);
  return field === undefined ? null : `body ${field}`;
}

/** Gateways pass `X_HTTP_Method` and `X-HTTP-Method` on as the same header. */
function headerName(name: string): string {
  return name.trim().toLowerCase().replaceAll("_", "-");
}

function isOverrideParameter(name: string): boolean {
  return name.trim().toLowerCase() === "_method" || overrideHeaders.has(headerName(name));
}

function afterQuestionMark(url: string): string {
  const at = url.indexOf("?");
  return at === -1 ? "" : (url.slice(at + 1).split("#")[0] ?? "");
}

/**
 * Names in `a=1&b=2`, read from the text so that a URL with templates in it works too. Each part is decoded before its
 * name is cut off: a server that decodes in the wrong order takes `_method%3Ddelete` for an override as well.
 */
function parameterNames(text: string): string[] {
  return text.split(/[&;]/).map((part) => decoded(part).split("=")[0] ?? "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function bodyNames(body: Json | undefined): string[] {
  if (typeof body === "string") return [...parameterNames(body), ...bodyNames(jsonIn(body))];
  return typeof body === "object" && body !== null && !Array.isArray(body) ? Object.keys(body) : [];
}

function jsonIn(text: string): Json {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function judgeMcp(tool: Extract<ToolFacts, { kind: "mcp" }>): Mutability {
  if (tool.adminReadOnly) return { mutating: false, why: "marked read-only by an admin" };
  if (tool.readOnlyHint !== true) return { mutating: true, why: "the tool does not declare itself read-only" };
  if (!tool.serverTrusted)
    return { mutating: true, why: "it declares itself read-only, but its server is not trusted" };
  if (tool.trustedDefinitionHash === null || tool.definitionHash !== tool.trustedDefinitionHash)
    return { mutating: true, why: "its definition changed since its server was trusted" };
  return { mutating: false, why: "a trusted server declares it read-only" };
}
