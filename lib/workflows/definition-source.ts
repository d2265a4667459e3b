import { type Document, LineCounter, isScalar, parseDocument, visit } from "yaml";
import type { Json } from "#/lib/contract/json.ts";
import { textFault } from "#/lib/contract/text.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { findChangedYamlNumber } from "#/lib/contract/yaml-number.ts";
import { assertStorable } from "#/lib/core/parse-json.ts";
import { pathSegment } from "./schema-messages.ts";

/** Largest definition, in UTF-8 bytes of the YAML or of the JSON text. */
const maxDefinitionBytes = 1024 * 1024;

/** The most faults reported for one definition: nobody reads more, and finding them costs time. */
export const maxFaults = 100;

/** A definition as it is sent. */
export type DefinitionSource = { yaml: string } | { json: Json };

/**
 * The data of a definition: YAML 1.2 (core schema, keys unique, one document, few aliases) or JSON, at most 1 MiB, and
 * nothing in it that cannot be stored. Throws `workflow_invalid` with every fault found.
 */
export function readDefinition(source: DefinitionSource): Json {
  const value = "yaml" in source ? parseYaml(source.yaml) : source.json;
  assertDepth(value);
  if (Buffer.byteLength(JSON.stringify(value) ?? "") > maxDefinitionBytes) throw tooLarge();
  const faults = textFaults(value);
  if (faults.length > 0) throw invalidDefinition(faults);
  return value;
}

/** The error for a definition with these faults; the message quotes the first. */
export function invalidDefinition(fields: FieldError[]): DomainError {
  const [first] = fields;
  const count = fields.length === 1 ? "a fault" : `${fields.length} faults`;
  const quoted = first ? `: ${first.path === "" ? "" : `${first.path}: `}${first.message}` : "";
  return new DomainError("workflow_invalid", `The definition has ${count}${quoted}`, { fields });
}

function parseYaml(text: string): Json {
  if (Buffer.byteLength(text) > maxDefinitionBytes) throw tooLarge();
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      version: "1.2",
      schema: "core",
      // The library compares every key of a map with every other; ours are looked up.
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
    });
    const found = [...document.errors, ...document.warnings];
    if (found.some(({ message }) => message.includes("call stack"))) throw new RangeError("too deep");
    const faults = found.slice(0, 20).map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      const message = error.code === "MULTIPLE_DOCS" ? "expected one YAML document" : error.message;
      return { path: `line ${line}, column ${col}`, message };
    });
    if (faults.length > 0) throw invalidDefinition(faults);
    const repeated = repeatedKeys(document).map((offset) => {
      const { line, col } = lines.linePos(offset);
      return { path: `line ${line}, column ${col}`, message: "Map keys must be unique" };
    });
    if (repeated.length > 0) throw invalidDefinition(repeated);
    const changed = findChangedYamlNumber(document);
    if (changed) throw invalidDefinition([{ ...changed, path: changed.path.replace(/^\./, "") }]);
    return document.toJS({ maxAliasCount: 100 }) as Json;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const message = error instanceof RangeError ? "nested too deeply" : (error as Error).message;
    throw invalidDefinition([{ path: "", message: `the YAML cannot be read: ${message}` }]);
  }
}

/** Offsets of duplicate keys, at most 20. */
function repeatedKeys(document: Document): number[] {
  const found: number[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
      return found.length < 20 ? undefined : visit.BREAK;
    },
  });
  return found.slice(0, 20);
}

function tooLarge(): DomainError {
  return invalidDefinition([{ path: "", message: "expected at most 1 MiB" }]);
}

function assertDepth(value: Json): void {
  try {
    assertStorable(value, "definition");
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const readable = (path: string) => path.replace(/^definition\.?/, "");
    throw invalidDefinition((error.fields ?? []).map(({ path, message }) => ({ path: readable(path), message })));
  }
}

/** Texts that PostgreSQL cannot store: U+0000 and lone surrogates, in values and in keys. Depth is checked before. */
function textFaults(value: Json, path = ""): FieldError[] {
  if (typeof value === "string") return faultAt(path, value);
  if (typeof value !== "object" || value === null) return [];
  const at = (key: string) => `${path}${pathSegment(key)}`.replace(/^\./, "");
  return Object.entries(value).flatMap(([key, item]) => [...faultAt(path, key), ...textFaults(item, at(key))]);
}

function faultAt(path: string, text: string): FieldError[] {
  const message = textFault(text);
  return message === null ? [] : [{ path, message }];
}
