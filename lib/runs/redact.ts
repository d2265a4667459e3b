import type { Json } from "#/lib/contract/json.ts";
import type { SpanRecord } from "./span-record.ts";

const mark = "[redacted]";
/** Shorter values would blank out ordinary text. */
const leastLength = 4;
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

/**
 * A text with every secret replaced, plain or as it stands in a URL, in a form, or in JSON, also in JSON that is itself a
 * text inside of JSON, however deep.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const form of writtenForms(secrets)) clean = clean.replaceAll(form, mark);
  return clean;
}

/** Does the text hold a secret in any of the writings that `redactText` finds, or one that is too short for it? */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => secret !== "" && text.includes(secret)) || redactText(text, secrets) !== text;
}

/** A run has one list of secrets for all its texts. */
const formsOf = new WeakMap<readonly string[], (string | RegExp)[]>();

/** How each secret may be written, longest first, so that one that holds another goes as a whole. */
function writtenForms(secrets: readonly string[]): (string | RegExp)[] {
  const known = formsOf.get(secrets);
  if (known) return known;
  // URLs and headers lose line breaks and spaces at the ends, which pasted secrets often have.
  const values = secrets.flatMap((secret) => [secret, secret.trim(), secret.replace(/[\t\r\n]/g, "").trim()]);
  const forms = [...new Set(values)]
    .filter((secret) => secret.length >= leastLength)
    .toSorted((a, b) => b.length - a.length)
    .map((secret) => (/^[\w.~-]+$/.test(secret) ? secret : new RegExp([...secret].map(anyWriting).join(""), "g")));
  formsOf.set(secrets, forms);
  return forms;
}

/** Each level of JSON in JSON doubles them; a bound keeps the search linear. */
const mostBackslashes = 64;
const shortEscapes: Record<string, string> = { "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f" };

/** A pattern for one character of a secret: as it is, percent-encoded, or with any number of JSON's backslashes. */
function anyWriting(character: string): string {
  if (/^[\w.~-]$/.test(character)) return character.replace(".", "\\.");
  if (character === "\\") return `(?:\\\\{1,${mostBackslashes}}|%5[cC])`;
  const percent = encodeURIComponent(character.toWellFormed());
  const bytes = percent.startsWith("%") ? percent : `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  const units = Array.from({ length: character.length }, (_, at) =>
    character.charCodeAt(at).toString(16).padStart(4, "0"),
  );
  const short = shortEscapes[character];
  return `(?:${[
    `\\\\{0,${mostBackslashes}}${character.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}`,
    anyCase(bytes),
    ...(character === " " ? ["\\+"] : []),
    ...(short === undefined ? [] : [`\\\\{1,${mostBackslashes}}${short}`]),
    units.map((unit) => `\\\\{1,${mostBackslashes}}u${anyCase(unit)}`).join(""),
  ].join("|")})`;
}

/** Hexadecimal digits come in both cases. */
function anyCase(hex: string): string {
  return hex.replace(/[a-f]/gi, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`);
}

/** A copy only where something changed; values under a header name that carries credentials go as a whole. */
export function redactJson(value: Json, secrets: readonly string[]): Json {
  if (typeof value === "string") return redactText(value, secrets);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redactJson(item, secrets));
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [
    redactText(key, secrets),
    sensitiveKeys.has(key.toLowerCase()) && typeof item === "string" ? mark : redactJson(item, secrets),
  ]);
  return Object.fromEntries(entries);
}
