import type { Json } from "#/lib/contract/json.ts";
import { maskUrls, redactedMark } from "#/lib/core/mask-urls.ts";
import { isSecretNumber, redactMessage, redactText } from "#/lib/core/redact-text.ts";
import { isCredentialHeader } from "#/lib/core/secret-names.ts";
import type { SpanRecord } from "./span-record.ts";

/**
 * The span without any of the secrets, in bodies, names and errors, and without well-known credential headers. What is only
 * shown (all but the output, which later steps read) has the credentials in its URLs masked as well.
 */
export function redact(span: SpanRecord, secrets: readonly string[]): SpanRecord {
  const clean = { ...span };
  if (span.input !== undefined) clean.input = maskJsonUrls(redactJson(span.input, secrets));
  if (span.output !== undefined) clean.output = redactJson(span.output, secrets);
  if (span.attributes !== undefined)
    clean.attributes = maskJsonUrls(redactJson(span.attributes, secrets)) as SpanRecord["attributes"];
  if (span.error) clean.error = { ...span.error, message: plainText(redactMessage(span.error.message, secrets)) };
  clean.name = plainText(maskUrls(redactText(span.name, secrets)));
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
    isCredentialHeader(key) && typeof item === "string" ? redactedMark : redactJson(item, secrets),
  ]);
  return Object.fromEntries(entries);
}

/** The same value with the credentials in its URLs masked; keys stay as they are. */
export function maskJsonUrls(value: Json): Json {
  if (typeof value === "string") return maskUrls(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(maskJsonUrls);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskJsonUrls(item)]));
}
