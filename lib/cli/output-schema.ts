import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { withoutReferences } from "./plain-schema.ts";

/** Any value: the empty JSON Schema. */
const anything: JsonObject = {};
/** A text that is one reference and nothing else, as in `{{ nodes.decide.output.amount }}`. */
const reference = /^\s*\{\{\s*(\w+(?:\.\w+)*)\s*\}\}\s*$/;

/**
 * The JSON Schema of what a workflow puts out, as far as its definition says: literals, the schemas of models, agents and the
 * trigger, and fields of these. Whatever an expression computes or a tool answers is anything. Pure.
 */
export function outputSchema(definition: JsonObject): JsonObject {
  return new Reader(definition).schemaOf(definition.output ?? null);
}

/** Steps whose values name one another may multiply: beyond so many texts the rest is anything. */
const mostTexts = 2_000;

class Reader {
  readonly #definition: JsonObject;
  readonly #nodes: Map<string, JsonObject>;
  #texts = 0;

  constructor(definition: JsonObject) {
    this.#definition = definition;
    this.#nodes = nodesOf(definition);
  }

  schemaOf(template: Json): JsonObject {
    if (typeof template === "string") return this.#schemaOfText(template);
    if (typeof template !== "object" || template === null) return { const: template };
    if (Array.isArray(template)) {
      const items = template.map((item) => this.schemaOf(item));
      return { type: "array", items, minItems: items.length, maxItems: items.length };
    }
    const properties = Object.fromEntries(
      Object.entries(template).map(([name, value]) => [name, this.schemaOf(value)]),
    );
    return { type: "object", properties, required: Object.keys(properties) };
  }

  #schemaOfText(text: string): JsonObject {
    if (++this.#texts > mostTexts) return anything;
    if (!text.includes("{{")) return { const: text };
    const [root, ...path] = reference.exec(text)?.[1]?.split(".") ?? [];
    if (root === "trigger") return partOf(withoutReferences(objectOr(this.#definition.input)), path);
    if (root === "nodes" && path[1] === "output") return this.#schemaOfNode(path[0] ?? "", path.slice(2));
    // One expression gives what it computes; anything beside it makes a text of the whole.
    return /^\s*\{\{[^]*\}\}\s*$/.test(text) ? anything : { type: "string" };
  }

  #schemaOfNode(id: string, path: string[]): JsonObject {
    const node = this.#nodes.get(id);
    if (!node) return anything;
    const whole = this.#schemaOfOutput(node);
    // A field of a step that was skipped is an error: whoever has one has the output.
    if (path.length > 0) return partOf(whole, path);
    return maySkip(id, this.#nodes) ? { anyOf: [whole, { type: "null" }] } : whole;
  }

  #schemaOfOutput(node: JsonObject): JsonObject {
    if (node.type === "model" || node.type === "agent")
      return node.output === undefined ? { type: "string" } : withoutReferences(objectOr(node.output));
    return node.type === "transform" ? this.schemaOf(node.value ?? null) : anything;
  }
}

/** Whether the step, or one that it needs, runs on a condition; a skipped step's output is null. */
function maySkip(id: string, nodes: Map<string, JsonObject>, seen = new Set<string>()): boolean {
  const node = nodes.get(id);
  if (!node || seen.has(id)) return false;
  seen.add(id);
  if (node.when !== undefined) return true;
  const { needs } = node;
  return Array.isArray(needs) && needs.some((each) => typeof each === "string" && maySkip(each, nodes, seen));
}

/** The schema of a field, by its path; anything where the schema does not say. */
function partOf(schema: JsonObject, path: string[]): JsonObject {
  const [name, ...rest] = path;
  if (name === undefined) return schema;
  const properties = objectOr(schema.properties);
  return Object.hasOwn(properties, name) ? partOf(objectOr(properties[name]), rest) : anything;
}

function nodesOf({ nodes }: JsonObject): Map<string, JsonObject> {
  const list = Array.isArray(nodes) ? nodes.map(objectOr) : [];
  return new Map(list.map((node) => [String(node.id), node]));
}

function objectOr(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : anything;
}
