import type { CursorPlace } from "./cursor-place.ts";
import type { CompletionOption, Completions } from "./definition-completion.ts";
import { asObject, isObject, nodesIn, valueAt } from "./schema-walk.ts";

/**
 * What may follow in an expression: in `{{ }}` of a text, or in a condition. Names of nodes, fields of the payload; null
 * where there is no expression. Pure.
 */
export function expressionOptions(place: CursorPlace): Completions | null {
  if (place.kind !== "value") return null;
  const isCondition = place.path.at(-1) === "when" && place.path.at(-3) !== "input";
  const open = place.typed.lastIndexOf("{{");
  const isOpen = open >= 0 && !place.typed.slice(open).includes("}}");
  if (!isCondition && !isOpen) return null;
  const written = isOpen ? place.typed.slice(open + 2) : place.typed;
  const chain = /(?:[A-Za-z_]\w*\.)*[A-Za-z_]?\w*$/.exec(written)?.[0] ?? "";
  const names = chain.split(".");
  const typed = names.pop() ?? "";
  return { typed, options: following(names, place) };
}

function following([root, ...rest]: string[], { data, path }: CursorPlace): CompletionOption[] {
  if (root === undefined) return roots(path, data);
  if (root === "nodes" && rest.length === 0)
    return allNodes(asObject(data).nodes)
      .filter(({ id }) => /^\w+$/.test(id))
      .map(({ id, title }) => ({ ...option(id), ...(title === null ? {} : { detail: title }) }));
  if (root === "nodes" && rest.length === 1) return [{ ...option("output"), detail: "what the node gave" }];
  if (root === "nodes") return fieldsOf(outputOf(data, rest[0] ?? ""), rest.slice(2));
  if (root === "trigger") return fieldsOf(asObject(data).input, rest);
  return [];
}

function roots(path: CursorPlace["path"], data: unknown): CompletionOption[] {
  const maps = path.flatMap((part, at) => (part === "nodes" ? [asObject(valueAt(data, path.slice(0, at))).as] : []));
  const elements = maps.filter((as): as is string => typeof as === "string");
  return [
    { ...option("trigger"), detail: "the payload" },
    { ...option("nodes"), detail: "outputs of nodes" },
    { ...option("env"), detail: "variables of the environment" },
    { ...option("run"), detail: "the run itself" },
    ...(path[0] === "tools" ? [{ ...option("args"), detail: "arguments of the call" }] : []),
    ...elements.map((as) => ({ ...option(as), detail: "the element" })),
  ];
}

function allNodes(level: unknown): ReturnType<typeof nodesIn> {
  return nodesIn(level).flatMap((each) => [each, ...allNodes(each.node.nodes)]);
}

function outputOf(data: unknown, id: string): unknown {
  return allNodes(asObject(data).nodes).find((each) => each.id === id)?.node.output;
}

/** Names that a JSON Schema lists at a path of names. */
function fieldsOf(schema: unknown, names: string[]): CompletionOption[] {
  let at = schema;
  for (const name of names) at = asObject(asObject(at).properties)[name];
  return Object.keys(isObject(at) ? asObject(at.properties) : {})
    .filter((name) => /^[A-Za-z_]\w*$/.test(name))
    .map(option);
}

function option(label: string): CompletionOption {
  return { label, apply: label, kind: "name" };
}
