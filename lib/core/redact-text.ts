import { maskUrls, redactedMark } from "./mask-urls.ts";
import { leastLength, secretRanges, type Writings, writingsOf } from "./secret-writings.ts";

/**
 * Words for people to read (errors, names, log lines), made safe to show: without the secrets, without credentials in URLs,
 * and without anything that looks like a key. Servers do echo keys that are not ours ("Incorrect API key provided: …").
 * Data (payloads, outputs) goes through `redactText` only and otherwise stays as it is. Bounded as `redactWords` is.
 */
export function redactMessage(text: string, secrets: readonly string[]): string {
  return maskUrls(redactWords(text, secrets))
    .replaceAll(/\b(?:sk|rk|pk)-[A-Za-z0-9_*-]{6,}/g, redactedMark)
    .replaceAll(/\bBearer\s+(?!realm=)[^\s"',]+/gi, `Bearer ${redactedMark}`)
    .replaceAll(/\bBasic\s+[A-Za-z0-9+/]{12,}={0,2}/gi, `Basic ${redactedMark}`);
}

/**
 * A short text without the secrets. Of a text longer than anybody reads, only the beginning: a server may send
 * megabytes, and this is done at once, on the event loop.
 */
export function redactWords(text: string, secrets: readonly string[]): string {
  if (text.length <= longestWords) return redactText(text, secrets);
  // Read a little further: a secret that begins before the cut goes as a whole.
  const longest = secrets.reduce((most, secret) => Math.max(most, secret.length), 0);
  const read = text.slice(0, longestWords + longest * longestWriting);
  return `${replaced(read, secrets, longestWords)}…`;
}

/** In characters. */
const longestWords = 20_000;
/** The most characters that one character of a secret may be written with, as far as it matters where a text is cut. */
const longestWriting = 12;

/** A text with every secret replaced, in any of the writings that secret-writings.ts knows. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.length === 0 ? text : replaced(text, secrets, text.length);
}

/** The first `most` characters, with every secret that begins among them replaced. */
function replaced(text: string, secrets: readonly string[], most: number): string {
  let clean = "";
  let done = 0;
  for (const { start, end } of secretRanges(text, knownWritings(secrets))) {
    if (start >= most) break;
    clean += text.slice(done, start) + redactedMark;
    done = end;
  }
  return done === 0 && most >= text.length ? text : clean + text.slice(done, Math.max(done, most));
}

/** Does the text hold a secret in any of the writings that `redactText` finds, or one that is too short for it? */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return holdsShortSecret(text, secrets) || redactText(text, secrets) !== text;
}

/** Does the text hold, as it is, a secret that is too short for `redactText`? */
export function holdsShortSecret(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => secret !== "" && secret.length < leastLength && text.includes(secret));
}

/** One list of secrets serves many texts. */
const known = new WeakMap<readonly string[], Writings>();

function knownWritings(secrets: readonly string[]): Writings {
  const writings = known.get(secrets) ?? writingsOf(secrets);
  known.set(secrets, writings);
  return writings;
}

/** Whether the number is one of the secrets, written as in JSON. */
export function isSecretNumber(value: number, secrets: readonly string[]): boolean {
  return secrets.length > 0 && knownWritings(secrets).numbers.has(value);
}
