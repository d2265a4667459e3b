import { readFileSync } from "node:fs";
import { findChangedNumber } from "#/lib/contract/exact-number.ts";
import type { Json } from "#/lib/contract/json.ts";
import { decodeUtf8, readStdinBytes } from "./ask.ts";
import { usageError } from "./exit-code.ts";

/** The text of a file, `-` for stdin. */
export async function readTextInput(path: string): Promise<string> {
  if (path === "-") return decodeUtf8(await readStdinBytes(), "stdin");
  try {
    return decodeUtf8(readFileSync(path), path);
  } catch (error) {
    if (error instanceof Error && "code" in error) throw usageError(`${path} cannot be read: ${error.message}`);
    throw error;
  }
}

/** The JSON value in a file, `-` for stdin. A number that a double would change is refused here, before it is one. */
export async function readJsonInput(path: string): Promise<Json> {
  const text = (await readTextInput(path)).replace(/^\ufeff/, "");
  const shown = path === "-" ? "stdin" : path;
  const value = parsed(text, shown);
  const changed = findChangedNumber(text, "payload");
  if (changed) throw usageError(`${shown}: ${changed.path}: ${changed.message}`);
  return value;
}

function parsed(text: string, shown: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw usageError(`${shown} is not JSON: ${(error as Error).message}`);
  }
}
