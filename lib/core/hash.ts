import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Json, JsonObject } from "#/lib/contract/json.ts";

/** Lowercase hex SHA-256 of the text's UTF-8 bytes (or of the bytes). */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** JSON Canonicalization Scheme (RFC 8785): the same value gives the same text, whatever its key order. Throws for lone surrogates. */
export function canonicalJson(value: Json): string {
  return canonicalize(value) ?? "null";
}

/**
 * The same for any stored value: RFC 8785 has no form for lone surrogates; here they are escaped, and stay distinct.
 */
export function canonicalText(value: Json): string {
  try {
    return canonicalJson(value);
  } catch {
    return `escaped:${JSON.stringify(sorted(value))}`;
  }
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const copy = Object.create(null) as JsonObject;
  for (const key of Object.keys(value).sort()) copy[key] = sorted(value[key] ?? null);
  return copy;
}

/** `sha256:` + hex of a text, as prompt revisions and definitions are identified. */
export function contentHash(text: string): string {
  return `sha256:${sha256Hex(text)}`;
}
