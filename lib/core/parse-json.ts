import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "./errors.ts";

/** Deeper bodies are refused: JSON.stringify overflows the stack at about 5,000 levels, readers long before. */
const maxJsonDepth = 200;

/**
 * The one way in for a JSON text from outside, whoever sent it. Refuses (validation_failed, with the path) what cannot be
 * stored or shown as sent: malformed text, a number that a double would change (contract/exact-number.ts), nesting deeper
 * than 200. Own `__proto__` keys stay plain own keys.
 */
export function parseJsonText(text: string, at = "body"): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw new DomainError("validation_failed", "The body is not valid JSON", {
      fields: [{ path: at, message: "not valid JSON" }],
      cause,
    });
  }
  const changed = findChangedNumber(text, at);
  if (changed) fail(changed.path, changed.message);
  assertStorable(value, at);
  return value;
}

/** Is the text JSON at all? Whether it can be kept is another question. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Refuses JSON values that would not survive a round trip (see parseJsonText). Iterative: depth is the input's choice. */
export function assertStorable(value: Json, at = "body"): void {
  const open: { value: Json; path: string; depth: number }[] = [{ value, path: at, depth: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value === "number" && !Number.isFinite(next.value)) fail(next.path, "number out of range");
    if (typeof next.value !== "object" || next.value === null) continue;
    if (next.depth > maxJsonDepth) fail(next.path, `nested deeper than ${maxJsonDepth} levels`);
    const depth = next.depth + 1;
    const isList = Array.isArray(next.value);
    for (const [key, child] of Object.entries(next.value))
      if (typeof child === "object" || typeof child === "number")
        open.push({ value: child, path: isList ? `${next.path}[${key}]` : `${next.path}.${key}`, depth });
  }
}

function fail(path: string, message: string): never {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  throw new DomainError("validation_failed", `${shown}: ${message}`, { fields: [{ path: shown, message }] });
}
