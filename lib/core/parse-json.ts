import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import type { Json } from "#/lib/contract/json.ts";
import { countJsonValues, maxJsonValues } from "#/lib/contract/json-size.ts";
import { DomainError } from "./errors.ts";

/** Deeper bodies are refused: JSON.stringify overflows the stack at about 5,000 levels, readers long before. */
const maxJsonDepth = 200;

/**
 * The only way in for JSON text from outside, whoever sent it. Refuses (validation_failed, with the path) what cannot be
 * stored or shown as sent: malformed text, a number that a double would change (contract/exact-number.ts), nesting deeper
 * than 200; and, as payload_too_large, more than 200,000 values and names. Own `__proto__` keys stay plain own keys.
 */
export function parseJsonText(text: string, at = "body"): Json {
  const parsed = parseIfJson(text, at);
  if (parsed) return parsed.value;
  throw new DomainError("validation_failed", "The body is not valid JSON", {
    fields: [{ path: at, message: "not valid JSON" }],
  });
}

/** The same for a text that may not be JSON; null when it is not. */
export function parseIfJson(text: string, at: string): { value: Json } | null {
  assertValueCount(text, at);
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return null;
  }
  const changed = findChangedNumber(text, at);
  if (changed) fail(changed.path, changed.message);
  assertStorable(value, at);
  return { value };
}

/**
 * Refuses (payload_too_large) a JSON text with more values than anything here takes, or than the `left` that remain of
 * those, before it is parsed. Returns how many it has.
 */
export function assertValueCount(text: string, at: string, left = maxJsonValues): number {
  const count = countJsonValues(text, left);
  if (count > left) throw tooManyValues(at);
  return count;
}

/** Says that a JSON text has more values than anything here takes. */
export function tooManyValues(at: string): DomainError {
  const message = `too many values: at most ${maxJsonValues} are taken, names in objects included`;
  return new DomainError("payload_too_large", `${at}: ${message}`, {
    fields: [{ path: at, message }],
    details: { maxValues: maxJsonValues },
  });
}

/** Refuses JSON values that would not survive a round trip (see parseJsonText). */
export function assertStorable(value: Json, at = "body"): void {
  const fault = faultIn(value, 1);
  if (!fault) return;
  const path = fault.steps.reduceRight<string>(
    (before, step) => (typeof step === "number" ? `${before}[${step}]` : `${before}.${step}`),
    at,
  );
  fail(path, fault.message);
}

/** What is wrong, with the steps that lead there, the last one first. Recursive: it goes no deeper than what is allowed. */
type Fault = { message: string; steps: (string | number)[] };

/** Allocates nothing for a value without a fault: there may be hundreds of thousands. */
function faultIn(value: Json, depth: number): Fault | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : { message: "number out of range", steps: [] };
  if (typeof value !== "object" || value === null) return null;
  if (depth > maxJsonDepth) return { message: `nested deeper than ${maxJsonDepth} levels`, steps: [] };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const fault = faultIn(value[index] ?? null, depth + 1);
      if (fault) return below(fault, index);
    }
    return null;
  }
  for (const key of Object.keys(value)) {
    const fault = faultIn(value[key] ?? null, depth + 1);
    if (fault) return below(fault, key);
  }
  return null;
}

function below(fault: Fault, step: string | number): Fault {
  fault.steps.push(step);
  return fault;
}

function fail(path: string, message: string): never {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path;
  throw new DomainError("validation_failed", `${shown}: ${message}`, { fields: [{ path: shown, message }] });
}
