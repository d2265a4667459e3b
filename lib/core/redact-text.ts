import { secretRanges, type Writings, writingsOf } from "./secret-writings.ts";

/** What stands where a secret was. */
export const redactedMark = "[redacted]";

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
  return secrets.some((secret) => secret !== "" && text.includes(secret)) || redactText(text, secrets) !== text;
}

/** Whoever redacts many texts has one list of secrets for them. */
const known = new WeakMap<readonly string[], Writings>();

function knownWritings(secrets: readonly string[]): Writings {
  const writings = known.get(secrets) ?? writingsOf(secrets);
  known.set(secrets, writings);
  return writings;
}

/** Is the number one of the secrets, written as JSON has numbers? */
export function isSecretNumber(value: number, secrets: readonly string[]): boolean {
  return knownWritings(secrets).numbers.has(value);
}
