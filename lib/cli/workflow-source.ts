import { parseDocument } from "yaml";
import type { JsonObject } from "#/lib/contract/json.ts";
import { findChangedYamlNumber } from "#/lib/contract/yaml-number.ts";
import { usageError } from "./exit-code.ts";

/** A definition's data, read as the service reads it (YAML 1.2, core schema; JSON is a part of that). */
export function readDefinition(source: string, file: string): JsonObject {
  const document = parseDocument(source, { version: "1.2", schema: "core", uniqueKeys: true });
  const [fault] = document.errors;
  if (fault) throw usageError(`${file} is not valid YAML: ${fault.message}`);
  const changed = findChangedYamlNumber(document, "definition");
  if (changed) throw usageError(`${file}: ${changed.path}: ${changed.message}`);
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw usageError(`${file} is not a workflow definition: it must be a mapping with name and nodes`);
}

/** The slug for a definition without one: its name in lowercase letters, digits and hyphens; "" when nothing is left. */
export function slugOf(definition: JsonObject): string {
  if (typeof definition.name !== "string") return "";
  const words = definition.name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return words
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 64)
    .replace(/^-+|-+$/g, "");
}
