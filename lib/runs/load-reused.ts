import type { DbHandle } from "#/db/client.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { lengthsOf } from "./recorded-list.ts";
import { reusedSteps, type ReusedSteps } from "./reused-steps.ts";
import { listSpans, type SpanRow } from "./span-store.ts";
import { hopsOf, splitPath } from "./step-path.ts";
import { StepTree, type NodeNow } from "./step-tree.ts";

/** The lengths of the lists of the maps on the way to a step, by span id. */
export async function lengthsOnWay(
  db: DbHandle,
  workspaceId: string,
  { spans, nodeNow }: { spans: readonly SpanRow[]; nodeNow: NodeNow },
  path: string,
): Promise<Map<string, number>> {
  const maps = new StepTree(spans, nodeNow).mapsOn(hopsOf(splitPath(path).own) ?? []);
  return maps.length === 0
    ? new Map()
    : lengthsOf(
        db,
        workspaceId,
        maps.map(({ map }) => map),
      );
}

/** What a run inside a replay takes over from the one that it repeats, when it starts from a step; ids are the same. */
export async function loadReused(
  db: DbHandle,
  workspaceId: string,
  sourceId: string,
  definition: WorkflowDefinition,
  path: string,
): Promise<{ spans: SpanRow[]; nodeNow: NodeNow; lengths: Map<string, number>; reused: ReusedSteps }> {
  const nodeNow: NodeNow = (nodeThen) => nodeThen;
  const spans = await listSpans(db, workspaceId, sourceId);
  const lengths = await lengthsOnWay(db, workspaceId, { spans, nodeNow }, path);
  return { spans, nodeNow, lengths, reused: reusedSteps(definition, { spans, nodeNow, lengths }, path) };
}
