import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { canonicalText, sha256Hex } from "#/lib/core/hash.ts";
import type { HttpCall } from "./http-call.ts";

/** What makes two calls the same: the arguments, and the request as sent; null where it cannot be known now. */
type CallContent = { tool: string; args: Json; request: Json | null };

/** Texts that differ in every run by nature (its id, its time), each with its placeholder. */
export type OwnTexts = readonly (readonly [text: string, standsFor: string])[];

/**
 * Identity of a tool call, by which a dry run finds its recorded answer: `2:`, a hash of tool and arguments, a dot, and
 * a hash of the request (nothing when it is not known). Hashes are hex SHA-256 of canonical JSON (RFC 8785), so key
 * order does not matter.
 */
export function callSignature({ tool, args, request }: CallContent, own: OwnTexts = []): string {
  return `2:${hashOf({ tool, args }, own)}.${request === null ? "" : hashOf(request, own)}`;
}

/** Whether the signature is older than requests in signatures; `formerSignature` then tells what was called. */
export function isFormer(signature: string): boolean {
  return !signature.startsWith("2:");
}

/**
 * The signature of a call as far as its stored input tells: for an HTTP request the method, the address after its host,
 * and the body. For records of calls that were signed by their arguments alone. `runId`: the run whose input this is.
 */
export function formerSignature(tool: string, input: Json, runId: string): string {
  const own: OwnTexts = [[runId, "run.id"]];
  const { args, request } =
    isObject(input) && "request" in input ? argumentsAndRequest(input) : { args: null, request: input };
  const url = isObject(request) && typeof request["url"] === "string" ? URL.parse(request["url"]) : null;
  const known = isObject(request) &&
    url && { method: request["method"] ?? null, at: url.pathname + url.search, body: request["body"] ?? null };
  return `1:${hashOf({ tool, args }, own)}.${known ? hashOf(known, own) : ""}`;
}

/** Whether these two are the same call. What is unknown in one of them counts as equal. */
export function isSameCall(a: string, b: string): boolean {
  const [[argsA, requestA], [argsB, requestB]] = [partsOf(a), partsOf(b)];
  return argsA === argsB && (requestA === requestB || requestA === "" || requestB === "");
}

/** The half of a signature that is always known. */
export function argumentsPart(signature: string): string {
  return partsOf(signature)[0];
}

function partsOf(signature: string): [args: string, request: string] {
  const [args = "", request = ""] = signature.split(".");
  return [args, request];
}

/** Credentials, which rotate, and tracing headers: they do not say what is asked for. */
const volatileHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "traceparent",
  "tracestate",
  "x-api-key",
  "x-auth-token",
]);

/**
 * An HTTP call as its signature sees it: method, normalised address, query in its order, body as JSON or form where it
 * is one, and the headers that the author set, except credentials.
 */
export function httpIdentity(call: HttpCall, secretHeaders: readonly string[] = []): JsonObject {
  const secret = new Set(secretHeaders.map((name) => name.toLowerCase()));
  const headers = Object.entries(call.headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !volatileHeaders.has(name) && !secret.has(name));
  const url = URL.parse(call.url);
  return {
    method: call.method.toUpperCase(),
    url: url ? url.href.slice(0, url.href.length - url.search.length - url.hash.length) : call.url,
    query: url ? [...url.searchParams].map(([name, value]) => [name, value]) : [],
    headers: Object.fromEntries(headers),
    body: call.body === null ? null : bodyValue(call.body, call.headers["content-type"] ?? ""),
  };
}

function bodyValue(body: string, contentType: string): Json {
  if (contentType.startsWith("application/x-www-form-urlencoded"))
    return { form: [...new URLSearchParams(body)].map(([name, value]) => [name, value]) };
  try {
    return { json: JSON.parse(body) as Json };
  } catch {
    return { text: body };
  }
}

function hashOf(value: Json, own: OwnTexts): string {
  let text = canonicalText(value);
  for (const [own_, standsFor] of own)
    for (const form of new Set([own_, encodeURIComponent(own_)])) text = text.replaceAll(form, standsFor);
  return sha256Hex(text);
}

function argumentsAndRequest(input: JsonObject): { args: Json; request: Json } {
  return { args: input["arguments"] ?? null, request: input["request"] ?? null };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
