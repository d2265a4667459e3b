import { InvalidArgumentError } from "commander";
import { durationMsOf, timeOf } from "./time-argument.ts";

/** A repeatable option: every use adds a value. */
export function collected(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** The same for an option that allows only the names of `allowed`. */
export function oneOf(allowed: Record<string, true>): (value: string, before: string[] | undefined) => string[] {
  return (value, before) => {
    if (Object.hasOwn(allowed, value)) return collected(value, before);
    throw new InvalidArgumentError(`Allowed values: ${Object.keys(allowed).join(", ")}.`);
  };
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** A version: its number, or `latest`. */
export function versionNumber(text: string): number | "latest" {
  return text === "latest" ? text : wholeNumber(1, 2_147_483_647)(text);
}

/** A duration in milliseconds. */
export function duration(text: string): number {
  const ms = durationMsOf(text);
  if (ms === null) throw new InvalidArgumentError("It must be a duration such as 30s, 10m or 24h.");
  return ms;
}

/** A time, given as such or as a duration before now. */
export function time(text: string): Date {
  const found = timeOf(text, new Date());
  if (found === null)
    throw new InvalidArgumentError("It must be a duration such as 24h, or a time such as 2026-11-20T08:00Z.");
  return found;
}

/** Dollars as integer micro-dollars. */
export function dollars(text: string): number {
  const micros = Math.round(Number(text.replace(/^\$/, "")) * 1_000_000);
  if (/^\$?(\d+(\.\d*)?|\.\d+)$/.test(text) && Number.isSafeInteger(micros)) return micros;
  throw new InvalidArgumentError("It must be an amount in dollars such as 0.50.");
}
