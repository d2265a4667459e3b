import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { instanceOf } from "#/lib/tools/schema-instance.ts";

/** A payload of the right shape to start typing from: as the input schema has it, free texts left empty. JSON text. Pure. */
export function samplePayload({ input }: JsonObject): string {
  const isSchema = typeof input === "object" && input !== null && !Array.isArray(input);
  const sample = isSchema ? instanceOf(input, "payload") : { value: {} };
  return JSON.stringify(emptied(sample?.value ?? {}), null, 2);
}

/** The instance maker fills texts that the schema says nothing about with a word of its own. */
function emptied(value: Json): Json {
  if (value === "simulated") return "";
  if (Array.isArray(value)) return value.map(emptied);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, emptied(item)]));
}
