import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { canonicalText, sha256Hex } from "#/lib/core/hash.ts";
import type { HttpCall } from "./http-call.ts";

/**
 * Identity of a tool call: hex SHA-256 of the canonical JSON (RFC 8785) of the tool and its arguments. Two calls with the
 * same signature are "the same call" when a dry run looks for a recorded answer; key order does not matter.
 */
export function callSignature(call: { tool: string; args: Json }): string {
  return sha256Hex(canonicalText({ tool: call.tool, args: call.args }));
}

/** Differ from attempt to attempt or hold secrets that rotate, and do not say what is asked for. */
const volatileHeaders: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "authorization",
  "cookie",
  "idempotency-key",
  "traceparent",
  "tracestate",
  "user-agent",
  "x-api-key",
  "x-request-id",
]);

/** The arguments of an HTTP call for its signature: method, normalised address, body as JSON where it is, and the headers that matter. */
export function httpCallArguments(call: HttpCall, secretHeaders: readonly string[] = []): JsonObject {
  const secret = new Set(secretHeaders.map((name) => name.toLowerCase()));
  const headers = Object.entries(call.headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => !volatileHeaders.has(name) && !secret.has(name));
  return {
    method: call.method.toUpperCase(),
    url: URL.parse(call.url)?.href ?? call.url,
    headers: Object.fromEntries(headers),
    body: call.body === null ? null : bodyValue(call.body),
  };
}

function bodyValue(body: string): Json {
  try {
    return { json: JSON.parse(body) as Json };
  } catch {
    return { text: body };
  }
}
