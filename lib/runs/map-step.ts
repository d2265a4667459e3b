import { database } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { RunError } from "#/lib/contract/run.ts";
import { now } from "#/lib/core/clock.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { renderValue } from "#/lib/expressions/expression.ts";
import { buildGraph } from "#/lib/workflows/graph.ts";
import { nodeFacts, type Place, type WalkLevel } from "./place.ts";
import type { Session } from "./session.ts";
import { spanBodiesOf, type SpanRow } from "./span-store.ts";
import { Interrupted, StepFailure } from "./step-failure.ts";
import type { Wait } from "./waiting.ts";

type MapNode = Extract<NodeDefinition, { type: "map" }>;

/** Items wait outside memory; the others have ended. */
export class ItemsWaiting extends Error {
  readonly waits: Wait[];

  constructor(waits: Wait[]) {
    super("items are waiting");
    this.waits = waits;
  }
}

const maxItems = 10_000;

type ItemEnd = { output: Json } | { failure: RunError } | { waits: Wait[] };

/**
 * Runs the inner nodes for each element of a list, at most `concurrency` items at once (one that waits counts). Items are
 * levels of their own at `each[2].`, so that each resumes where it stood. The output is the list of the items' outputs.
 */
export async function runMapStep(session: Session, node: MapNode, place: Place, walkLevel: WalkLevel): Promise<Json> {
  const over = await place.rendering.real((steps) => renderValue(node.over as Json, place.scope, steps));
  const list = elements(node, over);
  const span = await session.writer.start({
    key: place.key,
    kind: "map",
    parentId: place.parentId,
    nodeId: node.id,
    name: node.title ?? node.id,
    input: { items: list.length, concurrency: node.concurrency },
  });
  const { outputs, failure, waits } = await runItems(session, node, { ...place, parentId: span.id }, list, walkLevel);
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
  await session.writer.update(span, { status: "completed", finishedAt: now(), output: outputs });
  return outputs;
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

async function runItems(session: Session, node: MapNode, place: Place, list: Json[], walkLevel: WalkLevel) {
  const restored = await restoredItems(session, place.key);
  const outputs = new Map<number, Json>(restored);
  const waits: Wait[] = [];
  let failure: RunError | null = null;
  let next = 0;
  let waiting = 0;

  const lane = async () => {
    while (next < list.length && failure === null && session.stop.reason === null && waiting < node.concurrency) {
      const index = next++;
      if (outputs.has(index)) continue;
      const end = await runItem(session, node, place, { index, element: list[index] ?? null }, walkLevel);
      if (end === null) return;
      if ("output" in end) outputs.set(index, end.output);
      else if ("failure" in end) failure ??= end.failure;
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
async function restoredItems(session: Session, key: string): Promise<[number, Json][]> {
  const done = [...session.earlier.values()].filter(
    (span) => span.kind === "item" && span.status === "completed" && span.key.startsWith(`${key}[`),
  );
  const bodies = await spanBodiesOf(
    database(),
    session.workspace.id,
    done.map((span) => span.reusedSpan ?? span.id),
  );
  return done
    .filter((span) => /^\[\d+\]$/.test(span.key.slice(key.length)))
    .map((span) => [
      Number(span.key.slice(key.length + 1, -1)),
      bodies.get(span.reusedSpan ?? span.id)?.output ?? null,
    ]);
}

/** Null when the item was interrupted. */
async function runItem(
  session: Session,
  node: MapNode,
  place: Place,
  { index, element }: { index: number; element: Json },
  walkLevel: WalkLevel,
): Promise<ItemEnd | null> {
  const key = `${place.key}[${index}]`;
  const earlier = session.earlier.get(key);
  // Its end is written already: the worker that wrote it was lost before the map's own.
  if (earlier?.status === "failed") return { failure: recordedFailure(earlier) };
  const item = await session.writer.start({
    key,
    kind: "item",
    parentId: place.parentId,
    nodeId: node.id,
    name: `${node.as} ${index + 1}`,
    input: element,
  });
  const prefix = `${key}.`;
  const nodes = { ...(place.scope.nodes as JsonObject), ...(await innerFacts(session, node, prefix)) } as {
    [id: string]: JsonObject;
  };
  const scope = { ...place.scope, [node.as]: element, nodes };
  const ended = session.recorded?.beginItem(prefix);
  const end = await walkLevel(session, { nodes: node.nodes, prefix, parentId: item.id, scope }).finally(ended);
  const failure = end.failures[0];
  if (failure) {
    const error = { code: failure.code, message: failure.message };
    await session.writer.update(item, { status: "failed", finishedAt: now(), error });
    return { failure };
  }
  if (end.ended) {
    const output = itemOutput(node, nodes);
    await session.writer.update(item, { status: "completed", finishedAt: now(), output });
    return { output };
  }
  if (session.stop.reason !== null) return null;
  await session.writer.update(item, { status: "waiting" });
  return { waits: end.waits };
}

function recordedFailure({ id, nodeId, error }: SpanRow): RunError {
  return { code: "step_failed", message: "The item failed.", ...error, nodeId, spanId: id };
}

/** What the item's expressions see of inner nodes that an earlier holder ended. */
async function innerFacts(session: Session, node: MapNode, prefix: string): Promise<{ [id: string]: JsonObject }> {
  const ended = node.nodes.flatMap(({ id }) => {
    const span = session.earlier.get(prefix + id);
    return span?.status === "completed" || span?.status === "skipped" ? [span] : [];
  });
  if (ended.length === 0) return {};
  const ids = ended.map((span) => span.reusedSpan ?? span.id);
  const bodies = await spanBodiesOf(database(), session.workspace.id, ids);
  return Object.fromEntries(
    ended.map((span) => [
      span.nodeId,
      nodeFacts(span.status as "completed" | "skipped", bodies.get(span.reusedSpan ?? span.id)?.output ?? null),
    ]),
  );
}

/** The output of the inner node that nothing follows; of several, an object by their ids. */
function itemOutput(node: MapNode, facts: { [id: string]: JsonObject }): Json {
  const graph = buildGraph(node);
  const last = graph.order.filter((id) => graph.isLast(id));
  const output = (id: string): Json => facts[id]?.output ?? null;
  const [only] = last;
  return last.length === 1 && only !== undefined
    ? output(only)
    : Object.fromEntries(last.map((id) => [id, output(id)]));
}
