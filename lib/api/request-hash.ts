import type { Json } from "#/lib/contract/json.ts";
import { canonicalJson, sha256Hex } from "#/lib/core/hash.ts";
import type { Body } from "./request-body.ts";

/** What two requests under one Idempotency-Key must share: query and body, whatever their key order and spaces. */
export function requestHash(search: string, body: Body): string {
  return sha256Hex(`${search}\n${body.kind}\n${bodyText(body)}`);
}

function bodyText(body: Body): string {
  if (body.kind === "empty") return "";
  return body.kind === "json" ? canonicalOrPlain(body.value) : body.text;
}

/** The canonical form refuses lone surrogates; such a body is hashed with its keys in the order in which they were sent. */
function canonicalOrPlain(value: Json): string {
  try {
    return canonicalJson(value);
  } catch {
    return JSON.stringify(value);
  }
}
