import { database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import { now } from "#/lib/core/clock.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { renderValue } from "#/lib/expressions/expression.ts";
import { buildGraph } from "#/lib/workflows/graph.ts";
import { outputFault } from "./output-limits.ts";
import { LevelOutputs } from "./outputs.ts";
import type { Level, Place, WalkLevel } from "./place.ts";
import { recordedList } from "./recorded-list.ts";
import type { Session } from "./session.ts";
import type { SpanRecord } from "./span-record.ts";
import { outputsOf, type SpanRow } from "./span-store.ts";
import { Interrupted, StepFailure } from "./step-failure.ts";
import type { Wait } from "./waiting.ts";

type MapNode = Extract<NodeDefinition, { type: "map" }>;

/** Some items wait outside memory; the others have ended. */
export class ItemsWaiting extends Error {
  readonly waits: Wait[];

  constructor(waits: Wait[]) {
    super("items are waiting");
    this.waits = waits;
  }
}

const maxItems = 10_000;

type ItemEnd = { output: Json; bytes: number } | { failure: RunError } | { waits: Wait[] };

/**
 * Runs the inner nodes for each element of a list, at most `concurrency` items at once (a waiting item counts). Each
 * item is a level of its own at `each[2].`, so that it resumes where it stood. The output is the list of the items'
 * outputs.
 */
export async function runMapStep(
  session: Session,
  node: MapNode,
  place: Place,
  around: Level,
  walkLevel: WalkLevel,
): Promise<Json> {
  const list = await listOf(session, node, place);
  const span = await session.writer.start({
    key: place.key,
    kind: "map",
    parentId: place.parentId,
    nodeId: node.id,
    name: node.title ?? node.id,
    input: { items: list.length, concurrency: node.concurrency },
  });
  const { outputs, failure, waits } = await runItems(
    { session, node, key: place.key, parentId: span.id, around, walkLevel },
    list,
  );
  if (failure) {
    const error = { code: failure.code, message: failure.message };
    await session.writer.update(span, { status: "failed", finishedAt: now(), error });
    throw new StepFailure(failure.code, failure.message);
  }
  if (waits.length > 0) {
    await session.writer.update(span, { status: "waiting" });
    throw new ItemsWaiting(waits);
  }
  if (session.stop.reason !== null && outputs.length < list.length) throw new Interrupted(session.stop.reason);
  await completeWith(session, span, outputs);
  return outputs;
}

/** Writes the end of a map or an item; as failed when its output is too large. */
async function completeWith(session: Session, span: SpanRecord, output: Json): Promise<number> {
  try {
    return (await session.writer.update(span, { status: "completed", finishedAt: now(), output })).outputBytes ?? 0;
  } catch (error) {
    if (error instanceof StepFailure)
      await session.writer.update(span, { status: "failed", finishedAt: now(), error: error.error });
    throw error;
  }
}

async function listOf(session: Session, node: MapNode, { key, scope, rendering }: Place): Promise<Json[]> {
  const render = async () =>
    elements(node, await rendering.real((steps) => renderValue(node.over as Json, scope, steps)));
  const then = session.from.maps.get(key);
  return then ? recordedList(session.workspace.id, node.id, then, render) : render();
}

function elements(node: MapNode, value: Json): Json[] {
  if (!Array.isArray(value)) throw new StepFailure("expression_failed", `${node.id}.over must be a list.`);
  if (value.length > maxItems)
    throw new StepFailure(
      "expression_failed",
      `${node.id}.over has ${value.length} elements; at most ${maxItems} are allowed.`,
    );
  return value;
}

/** A map that is being run: its span is around the items' spans. */
type Running = {
  session: Session;
  node: MapNode;
  key: string;
  parentId: string;
  around: Level;
  walkLevel: WalkLevel;
};

async function runItems(map: Running, list: Json[]) {
  const { session, node, key } = map;
  const restored = await restoredItems(session, key);
  const outputs = new Map<number, Json>(restored.map(({ index, output }) => [index, output]));
  let bytes = restored.reduce((sum, item) => sum + item.bytes, 0);
  const waits: Wait[] = [];
  let failure: RunError | null = null;
  let next = 0;
  let waiting = 0;

  const lane = async () => {
    while (next < list.length && failure === null && session.stop.reason === null && waiting < node.concurrency) {
      const index = next++;
      if (outputs.has(index)) continue;
      const end = await runItem(map, { index, element: list[index] ?? null });
      if (end === null) return;
      if ("output" in end) {
        outputs.set(index, end.output);
        bytes += end.bytes;
        // The map's own output is the list of the items' outputs, which stays in memory until all have ended.
        const fault = outputFault(node.id, bytes, 0);
        if (fault !== null)
          failure ??= { code: "run_too_large", message: fault, nodeId: node.id, spanId: map.parentId };
      } else if ("failure" in end) failure ??= end.failure;
      else {
        waits.push(...end.waits);
        waiting++;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(node.concurrency, list.length) }, lane));
  const inOrder = [...outputs.entries()].sort(([a], [b]) => a - b).map(([, output]) => output);
  return { outputs: inOrder, failure: failure as RunError | null, waits };
}

/** Outputs of the items that an earlier holder finished. */
async function restoredItems(session: Session, key: string): Promise<{ index: number; output: Json; bytes: number }[]> {
  const done = [...session.earlier.values()].filter(
    (span) => span.kind === "item" && span.status === "completed" && span.key.startsWith(`${key}[`),
  );
  const items = done.filter((span) => /^\[\d+\]$/.test(span.key.slice(key.length)));
  const holderOf = (span: SpanRow) => span.reusedSpan ?? span.id;
  const outputs = await outputsOf(database(), session.workspace.id, items.map(holderOf));
  return items.map((span) => ({
    index: Number(span.key.slice(key.length + 1, -1)),
    output: outputs.get(holderOf(span)) ?? null,
    bytes: span.outputBytes ?? 0,
  }));
}

/** Null when the item was interrupted. */
async function runItem(map: Running, { index, element }: { index: number; element: Json }): Promise<ItemEnd | null> {
  const { session, node, parentId, around, walkLevel } = map;
  const key = `${map.key}[${index}]`;
  const earlier = session.earlier.get(key);
  // Its end is already written: the worker that wrote it was lost before it ended the map.
  if (earlier?.status === "failed") return { failure: recordedFailure(earlier) };
  let item: SpanRecord;
  try {
    const draft = { key, kind: "item", parentId, nodeId: node.id, name: `${node.as} ${index + 1}` } as const;
    item = await session.writer.start({ ...draft, input: element });
  } catch (error) {
    // The other items that have begun end before the map does.
    if (error instanceof StepFailure) return { failure: { ...error.error, nodeId: node.id, spanId: parentId } };
    throw error;
  }
  const prefix = `${key}.`;
  const outputs = new LevelOutputs(around.outputs);
  await session.outputs.restore(outputs, endedInside(session, node, prefix));
  const scope = { ...around.scope, [node.as]: element };
  const ended = session.recorded?.beginItem(prefix);
  const end = await walkLevel(session, { nodes: node.nodes, prefix, parentId: item.id, scope, outputs }).finally(ended);
  const failure = end.failures[0];
  if (failure) {
    const error = { code: failure.code, message: failure.message };
    await session.writer.update(item, { status: "failed", finishedAt: now(), error });
    return { failure };
  }
  if (end.ended) return endItem(session, node, outputs, item);
  if (session.stop.reason !== null) return null;
  await session.writer.update(item, { status: "waiting" });
  return { waits: end.waits };
}

/** The output of the inner node that nothing follows; with several such nodes, an object by their ids. */
async function endItem(session: Session, node: MapNode, outputs: LevelOutputs, item: SpanRecord): Promise<ItemEnd> {
  const graph = buildGraph(node);
  const last = graph.order.filter((id) => graph.isLast(id));
  try {
    const output = await session.outputs.using(outputs, { ids: new Set(last), all: false }, node.id, async (nodes) => {
      const [only] = last;
      const all = Object.fromEntries(last.map((id): [string, Json] => [id, nodes[id]?.output ?? null]));
      return last.length === 1 && only !== undefined ? (all[only] ?? null) : all;
    });
    return { output, bytes: await completeWith(session, item, output) };
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    return { failure: { ...error.error, nodeId: node.id, spanId: item.id } };
  }
}

function recordedFailure({ id, nodeId, error }: SpanRow): RunError {
  return { code: "step_failed", message: "The item failed.", ...error, nodeId, spanId: id };
}

/** Inner nodes of an item that an earlier holder ended. */
function endedInside(session: Session, node: MapNode, prefix: string): SpanRow[] {
  return node.nodes.flatMap(({ id }) => {
    const span = session.earlier.get(prefix + id);
    return span?.status === "completed" || span?.status === "skipped" ? [span] : [];
  });
}
