import type { Json } from "#/lib/contract/json.ts";
import { DomainError } from "./errors.ts";
import { redactMessage } from "./redact-text.ts";

const deepest = 6;

/**
 * An error fit for the logs: name, code, message, frames. Without the parameters and details of a query (drizzle
 * puts them, secrets too, into message and stack), and without any property that someone hung on it.
 */
export function loggable(error: unknown, depth = 0): Json {
  if (!(error instanceof Error)) return { thrown: typeof error };
  const cause = error.cause === undefined || depth >= deepest ? null : loggable(error.cause, depth + 1);
  const frames = (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12);
  return {
    name: error.name,
    message: redactMessage(messageOf(error), []),
    ...(error instanceof DomainError ? { code: error.code } : {}),
    ...("code" in error && typeof error.code === "string" ? { code: error.code } : {}),
    stack: frames.map((line) => line.trim()),
    cause,
  };
}

/** An error's message, without the values that a query was made with. */
export function messageOf(error: Error): string {
  if ("query" in error && "params" in error) return `Failed query: ${String(error.query)}`;
  // PostgreSQL quotes the value at fault in the messages of data exceptions (SQLSTATE class 22).
  if ("severity" in error && "code" in error && String(error.code).startsWith("22"))
    return `SQLSTATE ${String(error.code)}`;
  return error.message;
}
