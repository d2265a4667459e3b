import type { FieldError } from "#/lib/contract/problem.ts";
import { maxNodes, maxOfferedTools } from "./definition.ts";
import { maxFaults } from "./definition-source.ts";
import { suggestion } from "./nearest-name.ts";
import { type NodeEntry, withInner } from "./placed-entries.ts";

/** Deepest nesting of maps. */
const maxMapDepth = 5;

/** Ids that are not unique, needs that name no node of their level, and cycles. */
export function graphFaults(level: NodeEntry[]): FieldError[] {
  const all = withInner(level);
  const count =
    all.length > maxNodes
      ? [{ path: "nodes", message: `expected at most ${maxNodes} nodes, those inside of maps included` }]
      : [];
  const offered = all.reduce((sum, { node }) => sum + (node?.type === "agent" ? node.tools.length : 0), 0);
  const tools =
    offered > maxOfferedTools
      ? [{ path: "nodes", message: `expected at most ${maxOfferedTools} tools, those of all agents together` }]
      : [];
  return [...count, ...tools, ...duplicateIds(all), ...levelFaults(level, new Set(all.map(({ id }) => id)), 1)];
}

function duplicateIds(all: NodeEntry[]): FieldError[] {
  const first = new Map<string, string>();
  return all.flatMap(({ id, path }) => {
    if (id === null) return [];
    const earlier = first.get(id);
    if (earlier === undefined) return first.set(id, path) && [];
    return [
      {
        path: `${path}.id`,
        message: `the id ${JSON.stringify(id)} is already used by ${earlier}; ids are unique in a version`,
      },
    ];
  });
}

function levelFaults(level: NodeEntry[], all: ReadonlySet<string | null>, depth: number): FieldError[] {
  const inner = level.flatMap((entry) => levelFaults(entry.inner, all, depth + 1));
  const tooDeep = level
    .filter((entry) => entry.inner.length > 0 && depth > maxMapDepth)
    .map((entry) => ({ path: entry.path, message: `maps can be nested ${maxMapDepth} deep` }));
  return [...needFaults(level, all), ...cycleFaults(level), ...tooDeep, ...inner];
}

/** Needs that name no node of the level, up to a definition's limit of faults. */
function needFaults(level: NodeEntry[], all: ReadonlySet<string | null>): FieldError[] {
  const ids = new Set(level.flatMap(({ id }) => id ?? []));
  const faults: FieldError[] = [];
  for (const { id, path, needs } of level)
    for (const [index, need] of needs.entries()) {
      if (faults.length >= maxFaults) return faults;
      const isSelf = need === id;
      if (!isSelf && ids.has(need)) continue;
      const message = isSelf ? "a node cannot need itself" : unknownNeed(need, ids, all);
      faults.push({ path: `${path}.needs[${index}]`, message });
    }
  return faults;
}

function unknownNeed(need: string, ids: ReadonlySet<string>, all: ReadonlySet<string | null>): string {
  return all.has(need)
    ? `the node ${JSON.stringify(need)} is not on this level: a map's inner nodes and the nodes outside cannot need each other`
    : `no node ${JSON.stringify(need)}${suggestion(need, ids)}`;
}

/** One fault for each group of nodes that wait for each other, naming one cycle. */
function cycleFaults(level: NodeEntry[]): FieldError[] {
  const byId = new Map(level.flatMap((entry) => (entry.id === null ? [] : [[entry.id, entry] as const])));
  const done = new Set<string>();
  const faults: FieldError[] = [];
  for (const id of byId.keys()) {
    const cycle = findCycle(id, byId, done);
    if (!cycle) continue;
    const entry = byId.get(cycle[0] ?? "");
    faults.push({
      path: `${entry?.path ?? "nodes"}.needs`,
      message: `the needs form a cycle: ${[...cycle, cycle[0]].join(" → ")}`,
    });
  }
  return faults;
}

/** Depth-first search without recursion; `done` holds what is on no further cycle. */
function findCycle(start: string, byId: ReadonlyMap<string, NodeEntry>, done: Set<string>): string[] | null {
  const path: { id: string; open: string[] }[] = [];
  const onPath = new Set<string>();
  const enter = (id: string) => {
    path.push({ id, open: [...(byId.get(id)?.needs ?? [])] });
    onPath.add(id);
  };
  if (!done.has(start)) enter(start);
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const next = top.open.shift();
    if (next === undefined) {
      path.pop();
      onPath.delete(top.id);
      done.add(top.id);
    } else if (onPath.has(next) && next !== top.id) {
      for (const { id } of path) done.add(id);
      return path.slice(path.findIndex(({ id }) => id === next)).map(({ id }) => id);
    } else if (byId.has(next) && !done.has(next) && next !== top.id) enter(next);
  }
  return null;
}
