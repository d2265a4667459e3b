import type { MappingPairs } from "#/lib/contract/replay.ts";

/**
 * The saved mapping that a replay applies by itself, among those its author may use (a private one first): the first
 * with an answer for every renamed node, else the first. Pure; the dialog uses it too.
 */
export function mappingInForce<Mapping extends { pairs: MappingPairs }>(
  mappings: readonly Mapping[],
  renamed: readonly string[],
): Mapping | null {
  const covers = ({ pairs }: Mapping) => renamed.every((id) => Object.hasOwn(pairs, id));
  return mappings.find(covers) ?? mappings[0] ?? null;
}
