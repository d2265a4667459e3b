import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { type NodeDefinition, ToolDefinition } from "./definition.ts";
import { maxFaults } from "./definition-source.ts";
import { type CompiledExpression, compileCondition, expressionsOf } from "#/lib/expressions/expression.ts";
import { templateFault } from "#/lib/expressions/template-fault.ts";
import { suggestion } from "./nearest-name.ts";
import { type NodeEntry, withInner } from "./placed-entries.ts";
import { reachability } from "./reachability.ts";
import { objectOr } from "./schema-faults.ts";
import { pathSegment } from "./schema-messages.ts";

const globals = ["trigger", "nodes", "env", "run"];
/** CEL's keywords and reserved words, its type names, and ours. */
const reserved = new Set([
  ...[
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
  ],
  ...["loop", "package", "namespace", "return", "var", "void", "while"],
  ...["int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type"],
  ...globals,
  "args",
]);

/** What an expression may use where it is. */
type Place = {
  variables: readonly string[];
  /** Nodes whose output is certain to exist. */
  isVisible: (id: string) => boolean;
  /** The node that holds the expression, null for the workflow's output. */
  self: string | null;
};
type Checker = {
  all: ReadonlyMap<string, NodeEntry>;
  holders: ReadonlyMap<string, string>;
  /** How many more faults may be found: beyond a definition's limit nothing is checked. */
  left: number;
};

/** Expressions that do not compile or use what is not there, and names of tools that are not defined. */
export function referenceFaults(definition: JsonObject, level: NodeEntry[]): FieldError[] {
  const entries = withInner(level);
  const checker: Checker = {
    all: new Map(entries.flatMap((entry) => (entry.id === null ? [] : [[entry.id, entry] as const]))),
    holders: new Map(entries.flatMap((entry) => entry.inner.map((inner) => [inner.id ?? "", entry.id ?? ""] as const))),
    left: maxFaults,
  };
  const top = new Set(level.flatMap((entry) => entry.id ?? []));
  const output = definition.output ?? null;
  return [
    ...toolFaults(checker, definition),
    ...levelFaults(checker, level, globals, () => false),
    ...valueFaults(checker, output, "output", { variables: globals, isVisible: (id) => top.has(id), self: null }),
    ...toolNameFaults(entries, Object.keys(objectOr(definition.tools))),
  ];
}

function toolFaults(checker: Checker, definition: JsonObject): FieldError[] {
  const place: Place = { variables: ["trigger", "env", "run", "args"], isVisible: () => false, self: null };
  return Object.entries(objectOr(definition.tools)).flatMap(([name, tool]) => {
    const parsed = ToolDefinition.safeParse(tool);
    return parsed.success ? valueFaults(checker, (parsed.data.http ?? null) as Json, `tools.${name}.http`, place) : [];
  });
}

function toolNameFaults(entries: NodeEntry[], tools: string[]): FieldError[] {
  const known = new Set(tools);
  let left = maxFaults;
  const unknown = (name: string, path: string): FieldError[] =>
    known.has(name) || (left -= 1) < 0
      ? []
      : [{ path, message: `no tool ${JSON.stringify(name)} under tools${suggestion(name, tools)}` }];
  return entries.flatMap(({ node, path }) => {
    if (node?.type === "agent") {
      const first = new Map(node.tools.map((name, index) => [name, index] as const).reverse());
      return node.tools.flatMap((name, index) => [
        ...unknown(name, `${path}.tools[${index}]`),
        ...((first.get(name) ?? index) < index
          ? [{ path: `${path}.tools[${index}]`, message: `the tool ${JSON.stringify(name)} is listed twice` }]
          : []),
      ]);
    }
    return node?.type === "tool" && node.tool !== undefined ? unknown(node.tool, `${path}.tool`) : [];
  });
}

function levelFaults(
  checker: Checker,
  level: NodeEntry[],
  variables: readonly string[],
  isOutside: (id: string) => boolean,
): FieldError[] {
  const needs = new Map(level.flatMap((entry) => (entry.id === null ? [] : [[entry.id, entry.needs] as const])));
  const leads = reachability(needs);
  return level.flatMap((entry) => {
    const isVisible = (id: string): boolean =>
      isOutside(id) || (entry.id === null ? entry.needs.includes(id) : leads(entry.id, id));
    const own = nodeFaults(checker, entry, { variables, isVisible, self: entry.id });
    if (entry.inner.length === 0) return own;
    const bad = entry.as !== null && (reserved.has(entry.as) || variables.includes(entry.as));
    const name = bad
      ? [{ path: `${entry.path}.as`, message: `the name ${JSON.stringify(entry.as)} is already taken; choose another` }]
      : [];
    const inside = entry.as === null ? variables : [...variables, entry.as];
    return [...own, ...name, ...levelFaults(checker, entry.inner, inside, isVisible)];
  });
}

function nodeFaults(checker: Checker, entry: NodeEntry, place: Place): FieldError[] {
  const { node, path } = entry;
  if (!node) return [];
  const condition =
    node.when === undefined ? [] : check(checker, `${path}.when`, place, () => [compileCondition(node.when ?? "")]);
  return [
    ...condition,
    ...nodeTemplates(node).flatMap(([field, value]) => valueFaults(checker, value ?? null, `${path}.${field}`, place)),
  ];
}

/** The fields of a node that hold templates, with their values; its `when` is a condition and apart. Pure. */
export function nodeTemplates(node: NodeDefinition): [field: string, value: Json | undefined][] {
  switch (node.type) {
    case "model":
    case "agent":
      return [
        ["input", node.input],
        ...("text" in node.prompt ? [["prompt.text", node.prompt.text] as [string, Json]] : []),
      ];
    case "tool":
      return [
        ["http", node.http as Json | undefined],
        ["arguments", node.arguments],
      ];
    case "transform":
      return [["value", node.value]];
    case "workflow":
      return [["payload", node.payload]];
    case "map":
      return [["over", node.over]];
    case "wait":
      return [["approval.title", node.approval?.title]];
  }
}

/** Checks every template inside a value; depth is bounded by readDefinition. */
function valueFaults(checker: Checker, value: Json, path: string, place: Place): FieldError[] {
  if (checker.left <= 0) return [];
  if (typeof value === "string") {
    const fault = templateFault(value);
    if (fault) {
      checker.left -= 1;
      return [{ path, message: fault.message }];
    }
    return check(checker, path, place, () => expressionsOf(value));
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    item === undefined ? [] : valueFaults(checker, item, `${path}${pathSegment(key)}`, place),
  );
}

function check(checker: Checker, path: string, place: Place, compile: () => CompiledExpression[]): FieldError[] {
  try {
    return compile().flatMap((compiled) => usageFaults(checker, compiled, path, place));
  } catch (error) {
    if (error instanceof DomainError) return [{ path, message: error.message }];
    throw error;
  }
}

function usageFaults(checker: Checker, compiled: CompiledExpression, path: string, place: Place): FieldError[] {
  const shown = compiled.source.length > 80 ? `${compiled.source.slice(0, 80)}…` : compiled.source;
  const at = (message: string): FieldError => ({ path, message: `Expression \`${shown}\`: ${message}` });
  const unknown = compiled.variables.filter((name) => !place.variables.includes(name));
  const hidden =
    compiled.variables.includes("nodes") && !unknown.includes("nodes")
      ? compiled.nodeIds.filter((id) => !place.isVisible(id)).slice(0, Math.max(0, checker.left))
      : [];
  checker.left -= unknown.length + hidden.length;
  return [
    ...unknown.map((name) => at(unknownVariable(checker, name, place))),
    ...hidden.map((id) => at(hiddenNode(checker, id, place))),
  ];
}

function unknownVariable(checker: Checker, name: string, place: Place): string {
  const hint =
    checker.all.has(name) && place.variables.includes("nodes")
      ? `; did you mean "nodes.${name}"?`
      : suggestion(name, place.variables);
  return `unknown variable ${JSON.stringify(name)}; expected one of ${place.variables.join(", ")}${hint}`;
}

function hiddenNode(checker: Checker, id: string, place: Place): string {
  const shown = JSON.stringify(id);
  if (!checker.all.has(id)) return `no node ${shown}${suggestion(id, checker.all.keys())}`;
  if (id === place.self) return `${shown} is this node itself, whose output does not exist yet`;
  const holder = checker.holders.get(id);
  if (holder !== undefined && !sameLevel(checker, id, place.self))
    return `${shown} is inside the map ${JSON.stringify(holder)}; from outside, read the map's output`;
  return `${shown} does not come before this node; add it to needs (of this node, or of one that it needs)`;
}

/** True when both nodes are in the same map, or the other is in a map around this one. */
function sameLevel(checker: Checker, id: string, self: string | null): boolean {
  const holder = checker.holders.get(id);
  for (
    let around = self === null ? undefined : checker.holders.get(self);
    around !== undefined;
    around = checker.holders.get(around)
  )
    if (around === holder) return true;
  return false;
}
