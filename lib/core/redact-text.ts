import { maskUrls, redactedMark } from "./mask-urls.ts";
import { leastLength, secretRanges, type Writings, writingsOf } from "./secret-writings.ts";

/**
 * Words for people to read (errors, names, log lines), made safe to show: without the secrets, without credentials in URLs,
 * and without anything that looks like a key. Servers do echo keys that are not ours ("Incorrect API key provided: …").
 * Data (payloads, outputs) goes through `redactText` only and otherwise stays as it is.
 */
export function redactMessage(text: string, secrets: readonly string[]): string {
  return maskUrls(redactText(text, secrets))
    .replaceAll(/\b(?:sk|rk|pk)-[A-Za-z0-9_*-]{6,}/g, redactedMark)
    .replaceAll(/\bBearer\s+(?!realm=)[^\s"',]+/gi, `Bearer ${redactedMark}`)
    .replaceAll(/\bBasic\s+[A-Za-z0-9+/]{12,}={0,2}/gi, `Basic ${redactedMark}`);
}

/** A text with every secret replaced, in any of the writings that secret-writings.ts knows. */
export function redactText(text: string, secrets: readonly string[]): string {
  if (secrets.length === 0) return text;
  let clean = "";
  let done = 0;
  for (const { start, end } of secretRanges(text, knownWritings(secrets))) {
    clean += text.slice(done, start) + redactedMark;
    done = end;
  }
  return done === 0 ? text : clean + text.slice(done);
}

/** Does the text hold a secret in any of the writings that `redactText` finds, or one that is too short for it? */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return holdsShortSecret(text, secrets) || redactText(text, secrets) !== text;
}

/** Does the text hold one that is too short for `redactText`, as it is? */
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
