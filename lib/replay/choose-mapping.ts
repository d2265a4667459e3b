import type { MappingPairs, ReplayRequest } from "#/lib/contract/replay.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { mappingInForce } from "./mapping-in-force.ts";
import { definitionOf, renamedNodes, unmappedNodes } from "./node-map.ts";
import type { SourceFacts } from "./source-facts.ts";

export type ChosenMapping = {
  pairs: MappingPairs;
  /** Where it comes from: the request, or a saved one (id and revision). */
  from: { from: "request" } | { from: "saved"; id: string; revision: number } | null;
  renamed: string[];
  /** Renamed nodes that the mapping does not cover. */
  unmapped: string[];
};

type Facts = Pick<SourceFacts, "source" | "spans" | "sourceVersion" | "targetVersion" | "savedMappings">;

/** Whether the version that would run differs from the source's. */
export function crossesVersions({ source, targetVersion }: Pick<Facts, "source" | "targetVersion">): boolean {
  return targetVersion !== null && targetVersion.version !== source.version;
}

/**
 * The mapping of a replay: the request's own; else the saved one that covers every renamed node, the author's private
 * one first; else the private one. Always one of them as a whole, never a mixture. Pure.
 */
export function chooseMapping(facts: Facts, request: Pick<ReplayRequest, "nodeMapping">): ChosenMapping {
  const renamed = crossesVersions(facts) ? renamedIn(facts) : [];
  const chosen = (pairs: MappingPairs, from: ChosenMapping["from"]) => ({
    pairs,
    from,
    renamed,
    unmapped: unmappedNodes(renamed, pairs),
  });
  if (request.nodeMapping !== undefined) return chosen(request.nodeMapping, { from: "request" });
  const saved = crossesVersions(facts) ? facts.savedMappings : [];
  const best = mappingInForce(saved, renamed);
  return best ? chosen(best.pairs, { from: "saved", id: best.id, revision: best.revision }) : chosen({}, null);
}

function renamedIn({ spans, sourceVersion, targetVersion }: Facts): string[] {
  const idsOf = (version: Facts["sourceVersion"]) => placedNodes(definitionOf(version)).map(({ node }) => node.id);
  const executed = new Set(spans.filter((span) => span.status !== "skipped").map((span) => span.nodeId));
  return renamedNodes(executed, idsOf(sourceVersion), new Set(idsOf(targetVersion)));
}
