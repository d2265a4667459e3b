import type { JsonObject } from "#/lib/contract/json.ts";
import type { CursorPlace } from "./cursor-place.ts";
import type { PathPart } from "./definition-document.ts";
import { expressionOptions } from "./expression-completion.ts";
import { asObject, isObject, nodesIn, schemasAt, valueAt } from "./schema-walk.ts";

/** What a workspace has that a definition may name. */
export type WorkspaceNames = {
  models: { ref: string; name: string }[];
  prompts: { id: string; name: string; latestHash: string | null }[];
  /** HTTP tools of the workspace, by name. */
  tools: string[];
  servers: { name: string; tools: string[] }[];
  workflows: string[];
};

export type CompletionOption = {
  label: string;
  /** What is put in place of what was typed. */
  apply: string;
  kind: "field" | "value" | "name";
  detail?: string;
  isRequired?: boolean;
};

/** What may be written at a place, and how much of what was typed it replaces. */
export type Completions = { typed: string; options: CompletionOption[] };

/**
 * Fields, values and names that fit where the cursor is, by the definition's JSON Schema, by what the definition itself
 * defines and by what the workspace has. Pure.
 */
export function completionsAt(place: CursorPlace, schema: JsonObject, names: WorkspaceNames): Completions {
  const expression = expressionOptions(place);
  if (expression) return expression;
  const { typed } = place;
  if (place.kind === "key") return { typed, options: fieldsAt(place, schema) };
  const values = namesAt(place.path, place.data, names) ?? valuesAt(place, schema);
  const fields = place.mayBeKey ? fieldsAt(place, schema) : [];
  return { typed, options: [...fields, ...values] };
}

function fieldsAt({ path, data, taken, isQuoted }: CursorPlace, schema: JsonObject): CompletionOption[] {
  const found = new Map<string, CompletionOption>();
  for (const candidate of schemasAt(schema, data, path)) {
    const required = Array.isArray(candidate.required) ? candidate.required : [];
    for (const [name, field] of Object.entries(asObject(candidate.properties))) {
      if (taken.includes(name) || found.has(name)) continue;
      const isRequired = required.includes(name);
      found.set(name, {
        ...{ label: name, apply: isQuoted ? name : `${name}: `, kind: "field", isRequired },
        ...detailed(asObject(field)),
      });
    }
  }
  return [...found.values()].toSorted((left, right) => Number(right.isRequired) - Number(left.isRequired));
}

function detailed({ description }: JsonObject): { detail?: string } {
  return typeof description === "string" && description.length < 200 ? { detail: description } : {};
}

function valuesAt({ path, data }: CursorPlace, schema: JsonObject): CompletionOption[] {
  const values = schemasAt(schema, data, path).flatMap((candidate) => {
    if (Array.isArray(candidate.enum)) return candidate.enum;
    if (candidate.const !== undefined) return [candidate.const];
    return candidate.type === "boolean" ? [true, false] : [];
  });
  return [...new Set(values.map(String))].map((label) => ({ label, apply: label, kind: "value" }));
}

/** Names of things at a place that refers to one; null for any other place. */
function namesAt(path: PathPart[], data: unknown, names: WorkspaceNames): CompletionOption[] | null {
  const [last, before] = [path.at(-1), path.at(-2)];
  const node = asObject(valueAt(data, path.slice(0, -1)));
  if (before === "needs") return otherNodes(path.slice(0, -2), data);
  if (before === "tools" && typeof last === "number") return toolsOf(data);
  if (last === "tool" && before === "mcp") return named(serverOf(names, node.server)?.tools ?? []);
  if (last === "server") return named(names.servers.map(({ name }) => name));
  if (last === "tool") return toolsOf(data);
  if (last === "use") return named(names.tools);
  if (last === "model") return names.models.map(({ ref, name }) => ({ ...option(ref), detail: name }));
  if (last === "workflow") return named(names.workflows);
  if (before !== "prompt") return null;
  if (last === "artifact") return names.prompts.map(({ id, name }) => ({ ...option(id), detail: name }));
  const prompt = names.prompts.find(({ id }) => id === node.artifact);
  if (last !== "hash") return null;
  return prompt?.latestHash ? [{ ...option(prompt.latestHash), detail: "newest revision" }] : [];
}

function serverOf({ servers }: WorkspaceNames, name: unknown) {
  return servers.find((server) => server.name === name);
}

/** Nodes of the same level that this node does not need yet. */
function otherNodes(nodePath: PathPart[], data: unknown): CompletionOption[] {
  const node = asObject(valueAt(data, nodePath));
  const level = valueAt(data, nodePath.slice(0, -1));
  const needs = Array.isArray(node.needs) ? node.needs : [];
  return nodesIn(level)
    .filter(({ id }) => id !== node.id && !needs.includes(id))
    .map(({ id, title }) => ({ ...option(id), ...(title === null ? {} : { detail: title }) }));
}

function toolsOf(data: unknown): CompletionOption[] {
  const tools = isObject(data) ? asObject(data.tools) : {};
  return Object.entries(tools).map(([name, tool]) => ({ ...option(name), ...detailed(asObject(tool)) }));
}

function named(list: readonly string[]): CompletionOption[] {
  return list.map(option);
}

function option(label: string): CompletionOption {
  return { label, apply: label, kind: "name" };
}
