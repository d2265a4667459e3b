import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { StepError } from "#/lib/contract/run.ts";
import { now } from "#/lib/core/clock.ts";
import { ignoredParts } from "#/lib/tools/ignored-parts.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { evaluateCondition, renderValue } from "#/lib/expressions/expression.ts";
import { ownCallName, sourceOf } from "#/lib/workflows/tool-calls.ts";
import { runAgentStep } from "./agent-step.ts";
import { ItemsWaiting, runMapStep } from "./map-step.ts";
import { runModelStep } from "./model-step.ts";
import type { Level, Place, WalkLevel } from "./place.ts";
import type { Session } from "./session.ts";
import { inSlot } from "./in-slot.ts";
import { Rendering } from "./rendering.ts";
import { renderStable } from "./stable-parts.ts";
import { asStepFailure, Interrupted, StepFailure } from "./step-failure.ts";
import { performToolCall } from "./tool-call.ts";
import { runWaitStep } from "./wait-step.ts";
import { Waiting, type Wait } from "./waiting.ts";
import { runWorkflowStep } from "./workflow-step.ts";

export type StepResult =
  | { status: "completed"; output: Json }
  | { status: "skipped" }
  | { status: "waiting"; waits: Wait[] }
  | { status: "failed"; error: StepError; key: string }
  | { status: "interrupted" };

/**
 * Runs one node at its place. However it ends, or waits, a span is written before this resolves; for a step that only
 * computes, the write is on its way.
 */
export async function runStep(
  session: Session,
  node: NodeDefinition,
  level: Level,
  walkLevel: WalkLevel,
): Promise<StepResult> {
  const { key, parentId } = placeIn(level, node);
  const { when } = node;
  try {
    const backingOff = retryLater(session, node, key);
    if (backingOff) return { status: "waiting", waits: [backingOff] };
    return await session.outputs.using(level.outputs, session.reads(node), node.id, async (nodes) => {
      const scope = { ...level.scope, nodes };
      const rendering = new Rendering(session);
      // One that the run starts inside of was executed in the record.
      const isAsked = when !== undefined && !session.from.ways.has(key);
      if (isAsked && !(await rendering.real((steps) => evaluateCondition(when, scope, steps))))
        return skipStep(session, node, level);
      const output = await execute(session, node, { key, parentId, scope, rendering }, level, walkLevel);
      return { status: "completed", output } as const;
    });
  } catch (error) {
    if (error instanceof Interrupted) return { status: "interrupted" };
    if (error instanceof Waiting) return { status: "waiting", waits: [error.wait] };
    if (error instanceof ItemsWaiting) return { status: "waiting", waits: error.waits };
    return failStep(session, node, { key, parentId }, error);
  }
}

/** Whatever is no failure of the step is thrown on. */
async function failStep(
  session: Session,
  node: NodeDefinition,
  place: Pick<Place, "key" | "parentId">,
  thrown: unknown,
): Promise<StepResult> {
  const { error } = asStepFailure(thrown);
  if (!session.writer.hasWritten(place.key))
    await session.writer.append({ ...spanOf(node, place), status: "failed", error });
  return { status: "failed", error, key: place.key };
}

/** A step whose next attempt is still to come, in a run that woke up for another reason. */
function retryLater(session: Session, node: NodeDefinition, key: string): Wait | null {
  const earlier = session.earlier.get(key);
  const ownWait = node.type === "wait" || node.type === "map" || node.type === "workflow";
  if (earlier?.status !== "waiting" || ownWait || earlier.wakeAt === null || earlier.wakeAt <= now()) return null;
  return { reason: "retry_backoff", wakeAt: earlier.wakeAt };
}

/** Writes a step that is not executed: its `when` is false, or everything that it needs was skipped. */
export async function skipStep(session: Session, node: NodeDefinition, level: Level): Promise<StepResult> {
  const place = placeIn(level, node);
  try {
    await session.writer.note({ ...spanOf(node, place), status: "skipped" });
    return { status: "skipped" };
  } catch (error) {
    return failStep(session, node, place, error);
  }
}

function placeIn({ prefix, parentId }: Level, { id }: NodeDefinition): Pick<Place, "key" | "parentId"> {
  return { key: prefix + id, parentId };
}

async function execute(
  session: Session,
  node: NodeDefinition,
  place: Place,
  level: Level,
  walkLevel: WalkLevel,
): Promise<Json> {
  switch (node.type) {
    case "model":
      return runModelStep(session, node, place);
    case "agent":
      return runAgentStep(session, node, place);
    case "tool":
      return runToolStep(session, node, place);
    case "transform":
      return session.computing.hold(() => runTransform(session, node, place));
    case "wait":
      return runWaitStep(session, node, place);
    case "workflow":
      return runWorkflowStep(session, node, place);
    case "map":
      return runMapStep(session, node, place, level, walkLevel);
  }
}

async function runTransform(
  session: Session,
  node: Extract<NodeDefinition, { type: "transform" }>,
  { rendering, scope, ...place }: Place,
): Promise<Json> {
  // Others of the run may have computed for long meanwhile, and the run be about to be let go.
  if (session.stop.reason !== null) throw new Interrupted(session.stop.reason);
  const startedAt = now();
  const output = await rendering.real((steps) => renderValue(node.value as Json, scope, steps));
  await session.writer.note({ ...spanOf(node, place), startedAt, status: "completed", output });
  return output;
}

type ToolNode = Extract<NodeDefinition, { type: "tool" }>;

async function runToolStep(session: Session, node: ToolNode, place: Place): Promise<Json> {
  const { key, parentId, rendering } = place;
  const own = await toolOf(session, node, place);
  const call = {
    key,
    kind: "tool",
    parentId,
    nodeId: node.id,
    rendering,
    ...own,
    nodeAllowsMutations: node.policies?.replay?.allowMutations,
    retry: node.retry ?? own.retry,
    timeoutMs: node.timeoutMs ?? own.timeoutMs,
  } as const;
  const { output } = await inSlot(session, () => performToolCall(session, call));
  return output;
}

/**
 * A tool node makes a call of its own, or calls a named tool of the version; both have arguments, except plain HTTP.
 */
async function toolOf(session: Session, node: ToolNode, { scope, rendering }: Place) {
  const own = sourceOf(node);
  const given = (node.arguments ?? {}) as Json;
  const args = own?.kind === "http" ? null : await rendering.real((steps) => renderValue(given, scope, steps));
  const known =
    args === null
      ? null
      : await rendering.stable((steps) => renderStable(given, { scope, transforms: session.transforms, steps }, args));
  const within = args === null ? scope : { ...scope, args };
  if (own)
    return {
      tool: ownCallName(own),
      source: own,
      mutating: node.mutating,
      args,
      identity: { args: known, ignored: ignoredParts(node.identity) },
      outputSchema: null,
      scope: within,
      retry: undefined,
      timeoutMs: undefined,
    };
  const name = node.tool ?? "";
  const tool = session.definition.tools?.[name];
  const source = tool && sourceOf(tool);
  if (!source) throw new StepFailure("tool_failed", `The tool ${name} is not defined in this version.`);
  return {
    tool: name,
    source,
    mutating: node.mutating === true || tool.mutating === true ? true : undefined,
    args,
    identity: { args: known, ignored: ignoredParts(tool.identity, node.identity) },
    outputSchema: (tool.output as JsonObject | undefined) ?? null,
    scope: within,
    retry: tool.retry,
    timeoutMs: tool.timeoutMs,
  };
}

function spanOf(node: NodeDefinition, { key, parentId }: Pick<Place, "key" | "parentId">) {
  return { key, parentId, kind: node.type, nodeId: node.id, name: node.title ?? node.id } as const;
}
