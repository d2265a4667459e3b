import { maxMappingPairs, type MappingPairs } from "#/lib/contract/replay.ts";
import type { FieldError } from "#/lib/contract/problem.ts";

/**
 * Source nodes that need a mapping: they executed in the source run (or hold a record that the replay needs), and their
 * id is not in the target version. In the order of the source version.
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

/** What is wrong with a mapping: too many pairs, or ids that the two versions do not have. Empty = it can be used. */
export function mappingFaults(
  pairs: MappingPairs,
  sourceIds: ReadonlySet<string>,
  targetIds: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const entries = Object.entries(pairs);
  if (entries.length > maxMappingPairs)
    return [{ path, message: `holds ${entries.length} pairs; at most ${maxMappingPairs} are allowed` }];
  return entries.flatMap(([from, to]) => {
    if (!sourceIds.has(from)) return [{ path: `${path}.${from}`, message: "is no node of the source version" }];
    if (to !== null && !targetIds.has(to))
      return [{ path: `${path}.${from}`, message: `${to} is no node of the target version` }];
    return [];
  });
}
