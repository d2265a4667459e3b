import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { Budget } from "#/lib/expressions/cel-fault.ts";
import { renderValue, type Scope } from "#/lib/expressions/expression.ts";
import { refusedCall } from "./tool-call-error.ts";
import { assertLength, fillUrl } from "./url-template.ts";

/** An HTTP tool as its author wrote it; strings may hold templates. */
export type HttpSpec = {
  method: string;
  url: string;
  headers?: Record<string, string>;
  query?: JsonObject;
  body?: Json;
};

/** One concrete HTTP request: the URL has the query, the body is the text to send. Header names are in lower case. */
export type HttpCall = { method: string; url: string; headers: Record<string, string>; body: string | null };

const connectionHeaders: ReadonlySet<string> = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "expect",
]);

/**
 * The request that an HTTP tool makes, as it is sent: templates are filled from `scope` (null: nothing is a template),
 * values in the URL stay in their place (url-template.ts), and query values are appended (a list repeats its name, null
 * leaves it out). A body that is not text is sent as JSON, or as a form when the author set that content type. Throws
 * ToolCallError `tool_request_refused` for what HTTP does not allow or what would be another address;
 * `expression_failed` of a template passes through. All templates share one budget of steps. Pure.
 */
export function buildHttpCall(spec: HttpSpec, scope: Scope | null, steps = new Budget()): HttpCall {
  const render = (template: Json) => (scope === null ? template : renderValue(template, scope, steps));
  const method = textOf(render(spec.method)).trim().toUpperCase();
  if (!/^[A-Z][A-Z-]{0,31}$/.test(method) || ["CONNECT", "TRACE", "TRACK"].includes(method))
    throw refusedCall(`${method.slice(0, 32)} is not a method that a tool may use`);
  const headers = renderHeaders(spec.headers ?? {}, render);
  const address = scope === null ? spec.url.trim() : fillUrl(spec.url, scope, steps);
  const url = withQuery(address, spec.query ? (render(spec.query) as JsonObject) : {});
  assertLength(url);
  const value = spec.body === undefined ? null : render(spec.body);
  const body = value === null ? null : encodeBody(value, headers);
  if (body !== null && (method === "GET" || method === "HEAD")) throw refusedCall(`A ${method} request has no body`);
  return { method, url, headers, body };
}

function renderHeaders(headers: Record<string, string>, render: (template: Json) => Json): Record<string, string> {
  const rendered: Record<string, string> = {};
  for (const [name, template] of Object.entries(headers)) {
    const key = name.toLowerCase();
    const value = render(template);
    if (value === null) continue;
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key) || key === "__proto__")
      throw refusedCall(`${quoted(name)} is not a header name`);
    if (connectionHeaders.has(key)) throw refusedCall(`The header ${key} cannot be set by a tool`);
    const text = textOf(value);
    // Latin-1 without control characters: anything else cannot be sent, and a line break would add a header.
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text))
      throw refusedCall(`The header ${key} has characters that HTTP does not allow`);
    rendered[key] = text.trim();
  }
  return rendered;
}

function withQuery(text: string, query: JsonObject): string {
  const url = URL.parse(text);
  if (!url) throw refusedCall("The tool's address is not a valid absolute URL");
  for (const [name, value] of Object.entries(query))
    for (const item of Array.isArray(value) ? value : [value])
      if (item !== null) url.searchParams.append(name, textOf(item));
  url.hash = "";
  return url.href;
}

function encodeBody(value: Json, headers: Record<string, string>): string {
  if (typeof value === "string") {
    headers["content-type"] ??= "text/plain;charset=utf-8";
    return value;
  }
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isRecord && headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
    const form = new URLSearchParams();
    for (const [name, item] of Object.entries(value)) if (item !== null) form.append(name, textOf(item));
    return form.toString();
  }
  headers["content-type"] ??= "application/json";
  return JSON.stringify(value);
}

/** Strings unchanged, everything else as JSON. */
function textOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
