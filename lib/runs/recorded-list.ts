import { database } from "#/db/client.ts";
import type { DbHandle } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { isCutInput } from "./output-limits.ts";
import { spanBodiesOf, type SpanRow } from "./span-store.ts";
import { StepFailure } from "./step-failure.ts";

/** A map of the record that is executed in part, and its items that had begun, by their place in the list. */
export type MapThen = { map: SpanRow; items: ReadonlyMap<number, SpanRow> };

/**
 * The list of a map that a run starts inside of. It comes before the step that the run starts from, so it stays as it
 * was, whatever the payload and the expression give now: otherwise the items that stay would belong to other elements.
 * Elements that the record does not hold (their items had not begun, or were too large to be kept) come from `render`,
 * the list as it is now, which must be as long as then. Throws StepFailure: `step_failed` when the record is gone,
 * `expression_failed` when the list has another length, and what `render` throws.
 */
export async function recordedList(
  workspaceId: string,
  nodeId: string,
  { map, items }: MapThen,
  render: () => Promise<Json[]>,
): Promise<Json[]> {
  const bodies = await spanBodiesOf(database(), workspaceId, [map, ...items.values()].map(holderOf));
  const length = lengthOf(bodies.get(holderOf(map))?.input ?? null);
  if (length === null)
    throw new StepFailure("step_failed", `The record of ${nodeId}, whose list this run repeats, is no longer kept.`);
  const elements = new Map<number, Json>();
  for (const [index, item] of items) {
    const element = bodies.get(holderOf(item))?.input;
    if (element !== undefined && !isCutInput(element)) elements.set(index, element);
  }
  if (elements.size === length) return Array.from({ length }, (_, index) => elements.get(index) ?? null);
  const list = await render();
  if (list.length !== length)
    throw new StepFailure(
      "expression_failed",
      `${nodeId}.over has ${list.length} elements now and had ${length} in the run that this one repeats, which does not hold all of them.`,
    );
  return list.map((element, index) => (elements.has(index) ? (elements.get(index) ?? null) : element));
}

/** How many elements the lists of these maps had, by span id, as far as the record still says so. */
export async function lengthsOf(
  db: DbHandle,
  workspaceId: string,
  maps: readonly SpanRow[],
): Promise<Map<string, number>> {
  const bodies = await spanBodiesOf(db, workspaceId, maps.map(holderOf));
  return new Map(
    maps.flatMap((map): [string, number][] => {
      const length = lengthOf(bodies.get(holderOf(map))?.input ?? null);
      return length === null ? [] : [[map.id, length]];
    }),
  );
}

/** A map's span says how many items it has (map-step.ts). */
function lengthOf(input: Json): number | null {
  const items = typeof input === "object" && input !== null && !Array.isArray(input) ? input["items"] : null;
  return typeof items === "number" ? items : null;
}

function holderOf(span: SpanRow): string {
  return span.reusedSpan ?? span.id;
}
