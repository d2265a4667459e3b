import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Json } from "#/lib/contract/json.ts";

/** Lower-case hex SHA-256 of the text's UTF-8 bytes (or of the bytes). */
export function sha256Hex(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** JSON Canonicalization Scheme (RFC 8785): the same value gives the same text, whatever its key order. */
export function canonicalJson(value: Json): string {
  return canonicalize(value) ?? "null";
}

/** `sha256:` + hex of a text, as prompt revisions and definitions are identified. */
export function contentHash(text: string): string {
  return `sha256:${sha256Hex(text)}`;
}
