import type { Json } from "#/lib/contract/json.ts";
import { isSecretNumber, redactedMark, redactText } from "#/lib/core/redact-text.ts";
import type { SpanRecord } from "./span-record.ts";

const sensitiveKeys = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "x-auth-token",
]);

/** The span without any of the secrets, in bodies, names and errors, and without well-known credential headers. */
export function redact(span: SpanRecord, secrets: readonly string[]): SpanRecord {
  const clean = { ...span };
  if (span.input !== undefined) clean.input = redactJson(span.input, secrets);
  if (span.output !== undefined) clean.output = redactJson(span.output, secrets);
  if (span.attributes !== undefined)
    clean.attributes = redactJson(span.attributes, secrets) as SpanRecord["attributes"];
  if (span.error) clean.error = { ...span.error, message: plainText(redactText(span.error.message, secrets)) };
  clean.name = plainText(redactText(span.name, secrets));
  return clean;
}

/** What a text column of PostgreSQL takes: no U+0000 (shown as its symbol), no lone surrogates. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\u2400");
}

/** A copy only where something changed; values under a header name that carries credentials go as a whole. */
export function redactJson(value: Json, secrets: readonly string[]): Json {
  if (typeof value === "string") return redactText(value, secrets);
  if (typeof value === "number") return isSecretNumber(value, secrets) ? redactedMark : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redactJson(item, secrets));
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [
    redactText(key, secrets),
    sensitiveKeys.has(key.toLowerCase()) && typeof item === "string" ? redactedMark : redactJson(item, secrets),
  ]);
  return Object.fromEntries(entries);
}
