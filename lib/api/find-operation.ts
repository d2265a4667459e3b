import type { Method, Operation } from "./operation.ts";

/** The operations that one path has, by method. */
export type Resource = Partial<Record<Method, Operation>>;

/** `values` are the path's decoded parameters; null when one cannot be decoded (it names nothing). */
export type Found = { resource: Resource; values: Record<string, string> | null };

/**
 * Makes the search for what serves a path below /api/v1 (`/runs/run_1`, still percent-encoded): null when nothing does. The
 * operations are kept as a tree of path segments, so that the cost of a search grows with the path, not with the list. A
 * literal segment takes precedence over a parameter. Throws for two operations with the same method and path. Pure.
 */
export function operationFinder(operations: readonly Operation[]): (path: string) => Found | null {
  const root = newNode();
  for (const operation of operations) plant(root, operation);
  return (path) => {
    const segments = path.replace(/\/$/, "").split("/").slice(1);
    const found = descend(root, segments, 0, []);
    return found && { resource: found.resource, values: valuesOf(found.names, found.given) };
  };
}

type Node = {
  literals: Map<string, Node>;
  parameter: Node | null;
  /** The names of the parameters up to here, in order. */
  names: string[];
  resource: Resource | null;
};

function newNode(): Node {
  return { literals: new Map(), parameter: null, names: [], resource: null };
}

function plant(root: Node, operation: Operation): void {
  let node = root;
  const names: string[] = [];
  for (const segment of operation.path.split("/").slice(1)) {
    if (segment.startsWith("{")) {
      names.push(segment.slice(1, -1));
      node = node.parameter ??= newNode();
    } else {
      const next = node.literals.get(segment) ?? newNode();
      node.literals.set(segment, next);
      node = next;
    }
  }
  const resource = (node.resource ??= {});
  if (resource[operation.method]) throw new Error(`${operation.method} ${operation.path} appears twice`);
  if (Object.keys(resource).length > 0 && String(node.names) !== String(names))
    throw new Error(`${operation.path}: the parameters of a path must have different names`);
  node.names = names;
  resource[operation.method] = operation;
}

type Reached = { resource: Resource; names: string[]; given: string[] };

function descend(node: Node, segments: string[], at: number, given: string[]): Reached | null {
  const segment = segments[at];
  if (segment === undefined) return node.resource && { resource: node.resource, names: node.names, given };
  const literal = node.literals.get(segment);
  const found = literal ? descend(literal, segments, at + 1, given) : null;
  if (found || !node.parameter || segment === "") return found;
  return descend(node.parameter, segments, at + 1, [...given, segment]);
}

function valuesOf(names: string[], given: string[]): Record<string, string> | null {
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = decoded(given[index] ?? "");
    if (value === null) return null;
    values[name] = value;
  }
  return values;
}

function decoded(text: string): string | null {
  try {
    const value = decodeURIComponent(text);
    return value.includes("\u0000") ? null : value;
  } catch {
    return null;
  }
}
