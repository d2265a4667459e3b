import type { MappingPairs, Preflight } from "#/lib/contract/replay.ts";

type RenamedNode = Preflight["renamedNodes"][number];

/** The value in a select that means "nothing receives its record"; no node id begins with it. */
export const goneValue = "=gone";

/** The choice made for each renamed node, by its original id; a missing one is still to be made. */
export type MappingChoices = Readonly<Record<string, string>>;

/** Choices to start from: what a saved mapping already says about these nodes, and nothing else. */
export function startingChoices(renamed: readonly RenamedNode[], saved: MappingPairs | null): MappingChoices {
  const known = renamed.filter(({ id }) => saved !== null && Object.hasOwn(saved, id));
  return Object.fromEntries(known.map(({ id }) => [id, saved?.[id] ?? goneValue]));
}

/** How many of the renamed nodes have a target. */
export function chosenCount(renamed: readonly RenamedNode[], choices: MappingChoices): number {
  return renamed.filter(({ id }) => choices[id]).length;
}

/** The pairs to save: these choices, plus what the replaced mapping says about other nodes. */
export function pairsOf(choices: MappingChoices, saved: MappingPairs | null): MappingPairs {
  const chosen = Object.entries(choices).map(([id, target]) => [id, target === goneValue ? null : target]);
  return { ...saved, ...(Object.fromEntries(chosen) as MappingPairs) };
}

/** Rows whose original id or chosen target contains the text; `openOnly` leaves out those that have a target. */
export function filterRenamed(
  renamed: readonly RenamedNode[],
  choices: MappingChoices,
  text: string,
  openOnly: boolean,
): RenamedNode[] {
  const needle = text.trim().toLowerCase();
  return renamed.filter(({ id }) => {
    const target = choices[id] ?? "";
    if (openOnly && target !== "") return false;
    return id.toLowerCase().includes(needle) || target.toLowerCase().includes(needle);
  });
}

export type TargetGroup = { label: string; ids: string[] };

/** What a renamed node can become: likely ones first, then what is new in the target version, then the rest. */
export function targetGroups(
  node: RenamedNode,
  targetIds: readonly string[],
  sourceIds: ReadonlySet<string>,
): TargetGroup[] {
  const suggested = node.suggestions.map(({ id }) => id).filter((id) => targetIds.includes(id));
  const others = targetIds.filter((id) => !suggested.includes(id));
  return [
    { label: "Suggested", ids: suggested },
    { label: "New in this version", ids: others.filter((id) => !sourceIds.has(id)) },
    { label: "In both versions", ids: others.filter((id) => sourceIds.has(id)) },
  ].filter((group) => group.ids.length > 0);
}

/** The other renamed nodes with the same target: allowed, but rarely intended. */
export function sharedTargets(choices: MappingChoices): ReadonlySet<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const target of Object.values(choices)) {
    if (target === goneValue) continue;
    if (seen.has(target)) twice.add(target);
    seen.add(target);
  }
  return twice;
}
