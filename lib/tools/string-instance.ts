import type { JsonObject } from "#/lib/contract/json.ts";
import { type Budget, CelFault } from "#/lib/expressions/cel-fault.ts";
import { linearMatch } from "#/lib/expressions/linear-regex.ts";

/** The longest text we make, whatever `minLength` asks for. */
const maxLength = 10_000;
/** The longest text tried against a pattern. */
const maxTried = 128;

/**
 * A string that fits `format`, `pattern` (common ones) and the length limits; `hash` (hex) makes ids differ from call
 * to call. Throws CelLimit when trying the pattern costs more than the budget has.
 */
export function stringInstance(schema: JsonObject, hash: string, budget: Budget): string {
  if (typeof schema.format === "string") {
    const formatted = byFormat(schema.format, hash);
    if (formatted !== null) return formatted;
  }
  const least = typeof schema.minLength === "number" ? Math.min(schema.minLength, maxLength) : 0;
  const most = typeof schema.maxLength === "number" ? Math.max(schema.maxLength, 0) : maxLength;
  const candidates = typeof schema.pattern === "string" ? patternCandidates(schema.pattern, hash) : ["simulated"];
  const fitted = candidates.map((text) => text.padEnd(least, "x").slice(0, most));
  if (typeof schema.pattern !== "string") return fitted[0] ?? "";
  return firstMatch(fitted, schema.pattern, budget) ?? fitted[0] ?? "";
}

function byFormat(format: string, hash: string): string | null {
  const formats: Record<string, string> = {
    "date-time": "2000-01-01T00:00:00.000Z",
    date: "2000-01-01",
    time: "00:00:00Z",
    duration: "PT0S",
    email: "simulated@example.com",
    "idn-email": "simulated@example.com",
    hostname: "simulated.example.com",
    "idn-hostname": "simulated.example.com",
    ipv4: "192.0.2.1",
    ipv6: "2001:db8::1",
    uri: "https://example.com/simulated",
    iri: "https://example.com/simulated",
    "uri-reference": "/simulated",
    "iri-reference": "/simulated",
    "uri-template": "https://example.com/{id}",
    "json-pointer": "/simulated",
    "relative-json-pointer": "0",
    regex: ".*",
    uuid: `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`,
    byte: "c2ltdWxhdGVk",
  };
  return Object.hasOwn(formats, format) ? (formats[format] ?? null) : null;
}

/**
 * Texts that often match: whatever the anchored pattern literally starts with, followed by common shapes. Each
 * candidate is tried against the pattern, in linear time.
 */
function patternCandidates(pattern: string, hash: string): string[] {
  const prefix = /^\^([A-Za-z0-9_/:@-]*)/.exec(pattern)?.[1] ?? "";
  const repeat = /\{(\d{1,3})(?:,\d*)?\}\$?$/.exec(pattern)?.[1];
  const digits = "1234567890";
  const shapes = [
    "simulated",
    "SIMULATED",
    "a",
    "A",
    "1",
    "",
    "abc123",
    "simulated-1",
    "2000-01-01",
    "12.34",
    "1.0.0",
    "+15550100",
    "https://example.com/simulated",
    "simulated@example.com",
    hash.slice(0, 24),
    hash.toUpperCase().slice(0, 24),
    hash,
  ];
  const sized = repeat === undefined ? [] : ["a", "A", "0"].map((unit) => unit.repeat(Number(repeat)));
  const numbers = Array.from({ length: 10 }, (_unused, length) => digits.slice(0, length + 1));
  const all = [...sized, ...shapes, ...numbers];
  return [...all.map((text) => prefix + text), ...all];
}

/** The first text that matches; null also when the pattern cannot be matched in linear time. */
function firstMatch(texts: string[], pattern: string, budget: Budget): string | null {
  try {
    return texts.find((text) => text.length <= maxTried && linearMatch(pattern, text, budget)) ?? null;
  } catch (error) {
    if (error instanceof CelFault) return null;
    throw error;
  }
}
