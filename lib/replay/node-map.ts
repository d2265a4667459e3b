import { maxMappingPairs, type MappingPairs } from "#/lib/contract/replay.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import type { NodeType, WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";

const emptyDefinition = { name: "", nodes: [] } as WorkflowDefinition;

/** The definition of a version; for a version that is gone, one without nodes. */
export function definitionOf(version: { definition: WorkflowDefinition } | null): WorkflowDefinition {
  return version?.definition ?? emptyDefinition;
}

/** The type of each node of a version, by id. */
export type NodeTypes = ReadonlyMap<string, NodeType>;

export function nodeTypesOf(definition: WorkflowDefinition): NodeTypes {
  return new Map(placedNodes(definition).map(({ node }) => [node.id, node.type]));
}

/**
 * Source nodes that need a mapping: they executed in the source run (or hold a record that the replay needs), and the
 * target version does not have their id. In the order of the source version.
 */
export function renamedNodes(
  executed: ReadonlySet<string>,
  sourceIds: readonly string[],
  targetIds: ReadonlySet<string>,
): string[] {
  return sourceIds.filter((id) => executed.has(id) && !targetIds.has(id));
}

/** Renamed nodes that a mapping leaves without an answer. A null target is an answer: the node is gone. */
export function unmappedNodes(renamed: readonly string[], pairs: MappingPairs): string[] {
  return renamed.filter((id) => !Object.hasOwn(pairs, id));
}

/**
 * What is wrong with a mapping: too many pairs, ids that the two versions do not have, or a wait that would take over
 * another node's decision. Empty = it can be used.
 */
export function mappingFaults(pairs: MappingPairs, source: NodeTypes, target: NodeTypes, path: string): FieldError[] {
  const entries = Object.entries(pairs);
  if (entries.length > maxMappingPairs)
    return [{ path, message: `holds ${entries.length} pairs; at most ${maxMappingPairs} are allowed` }];
  return entries.flatMap(([from, to]) => {
    if (!source.has(from)) return [{ path: `${path}.${from}`, message: "is not a node of the source version" }];
    if (to !== null && !target.has(to))
      return [{ path: `${path}.${from}`, message: `${to} is not a node of the target version` }];
    if (to !== null && target.get(to) === "wait" && !isSameWait(from, to, source))
      return [{ path: `${path}.${from}`, message: `${to} is a wait, which can only take over its own decision` }];
    return [];
  });
}

/** A mapping may not invent a decision: another node's answer would pass for an approval. */
function isSameWait(from: string, to: string, source: NodeTypes): boolean {
  return source.get(from) === "wait" && (from === to || !source.has(to));
}
