import { database, databaseOf } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { now } from "#/lib/core/clock.ts";
import type { NodeDefinition } from "#/lib/workflows/definition.ts";
import { renderValue } from "#/lib/expressions/expression.ts";
import { readInput } from "#/lib/workflows/read-input.ts";
import { findVersion, findWorkflow, type VersionRow } from "#/lib/workflows/version-store.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { createRun, enqueueRuns, type RunSpec } from "./create-run.ts";
import { engineCtx } from "./engine-audit.ts";
import { innerVersion, isOnSourceVersion } from "./inner-version.ts";
import { loadReused } from "./load-reused.ts";
import { overridesInside } from "./overrides.ts";
import type { Place } from "./place.ts";
import { reuseSpans } from "./reuse-spans.ts";
import type { ReusedSteps } from "./reused-steps.ts";
import { findRun, findRunBody, lockRun, type RunRow } from "./run-store.ts";
import type { Session } from "./session.ts";
import type { SpanRecord } from "./span-record.ts";
import type { SpanRow } from "./span-store.ts";
import { RunLost } from "./span-writer.ts";
import { StepFailure } from "./step-failure.ts";
import { insideOf } from "./step-path.ts";
import type { NodeNow } from "./step-tree.ts";
import { findChildOf } from "./wait-store.ts";
import { Waiting } from "./waiting.ts";

type WorkflowNode = Extract<NodeDefinition, { type: "workflow" }>;

/** A workflow that starts itself must end somewhere. */
export const maxNesting = 10;

/**
 * Runs another workflow as a step: starts a run of it and waits for its end without holding a slot. Its output is the
 * step's; its failure fails the step.
 */
export async function runWorkflowStep(session: Session, node: WorkflowNode, place: Place): Promise<Json> {
  const { span, payload } = await open(session, node, place);
  try {
    const child =
      (await findChildOf(database(), session.workspace.id, span.id)) ??
      (await startChild(session, node, span, payload ?? (await payloadOf(node, place))));
    if (!isFinal(child.status)) throw new Waiting({ reason: "child_run", wakeAt: null });
    const output = await outcome(child);
    await session.writer.update(span, { status: "completed", finishedAt: now(), output });
    return output;
  } catch (error) {
    if (error instanceof StepFailure)
      await session.writer.update(span, { status: "failed", finishedAt: now(), error: error.error });
    throw error;
  }
}

/** Opens the step's span. Only a new span comes with its payload, which it shows: the payload is rendered once. */
async function open(
  session: Session,
  node: WorkflowNode,
  place: Place,
): Promise<{ span: SpanRecord; payload: Json | undefined }> {
  const { key, parentId } = place;
  const common = { key, kind: "workflow", parentId, nodeId: node.id, name: node.title ?? node.id } as const;
  if (session.earlier.has(key))
    return { span: session.writer.takeOver({ ...common, status: "waiting" }), payload: undefined };
  const payload = await payloadOf(node, place);
  const input = { workflow: node.workflow, version: node.version ?? "latest", payload };
  return { span: await session.writer.start({ ...common, status: "waiting", input }), payload };
}

function payloadOf({ payload }: WorkflowNode, { scope, rendering }: Place): Promise<Json> {
  return rendering.real((steps) => (payload === undefined ? {} : renderValue(payload as Json, scope, steps)));
}

async function startChild(session: Session, node: WorkflowNode, span: SpanRecord, payload: Json): Promise<RunRow> {
  const { run, workspace } = session;
  const db = database();
  const workflow = await findWorkflow(db, workspace.id, node.workflow);
  const wanted = innerVersion(node, await versionThen(session, span));
  const version = workflow && (await findVersion(db, workflow.id, wanted));
  if (!workflow || !version || version.deletedAt)
    throw new StepFailure("step_failed", `There is no version ${wanted} of the workflow ${node.workflow}.`);
  if (workflow.pausedAt)
    throw new StepFailure("workflow_paused", `The workflow ${node.workflow} is paused for safety reasons.`);
  if (run.nesting + 1 > maxNesting)
    throw new StepFailure("step_failed", `Workflows are nested more than ${maxNesting} levels deep.`);
  const [fault] = (await readInput(version, payload)).faults;
  if (fault)
    throw new StepFailure(
      "payload_invalid",
      `The payload does not fit the input of ${node.workflow}: ${fault.path}: ${fault.message}`,
    );
  const start = await startInside(session, span, version);
  const ctx = engineCtx(workspace, run.id);
  // A payload is stored and shown, so secrets do not travel in it: the child reads them from the environment itself.
  const stored = await session.writer.withoutSecrets(payload);
  // A map may start many at once, which wait for the workspace's lock: they hold only its share of the connections.
  return databaseOf(workspace.id).transaction(async (tx) => {
    const inTx = { ...ctx, db: tx };
    const what = { workflow: { id: workflow.id, slug: node.workflow }, version, payload: stored };
    const spec = childSpec(session, span, what, start);
    await lockWorkspace(tx, workspace.id);
    // A worker that stood still may have lost the run, which may have ended meanwhile: nobody would end a run inside it.
    if ((await lockRun(tx, workspace.id, run.id))?.owner !== session.owner)
      throw new RunLost(`run ${run.id} is held by another worker`);
    const child = await createRun(inTx, tx, spec);
    if (start) await reuseSpans(tx, child, start, start.reused);
    await enqueueRuns(inTx, tx, [child]);
    return child;
  });
}

/** The version that the same step ran in the original, for a replay on the original's version. */
async function versionThen({ run, workspace, sourceChildren }: Session, span: SpanRecord): Promise<number | null> {
  const child = sourceChildren?.(span.key);
  if (!child || run.replayOf === null) return null;
  const source = await findRun(database(), workspace.id, run.replayOf);
  return source && isOnSourceVersion(run, source.run) ? child.version : null;
}

type StartInside = { path: string; spans: SpanRow[]; nodeNow: NodeNow; reused: ReusedSteps };

/** From where the child goes on when the run starts from a step inside of it; null = from its beginning. */
async function startInside(
  { run, workspace, from, sourceChildren }: Session,
  { key }: SpanRecord,
  version: VersionRow,
): Promise<StartInside | null> {
  const path = from.ways.has(key) ? insideOf(run.fromNodeId, key) : null;
  const source = sourceChildren?.(key) ?? null;
  if (path === null || source?.workflowId !== version.workflowId) return null;
  return { path, ...(await loadReused(database(), workspace.id, source.id, version.definition, path)) };
}

/**
 * The effect gate holds inside too. In a replay, the child is a replay of the run that the same step started then, with
 * the same change of prompt or model where that applies to all nodes. Where there was no such run, the child is gated
 * all the same.
 */
function childSpec(
  session: Session,
  span: SpanRecord,
  what: Pick<RunSpec, "workflow" | "version" | "payload">,
  start: StartInside | null,
): RunSpec {
  const { run, overrides } = session;
  const source = session.sourceChildren?.(span.key) ?? null;
  return {
    ...what,
    trigger: "parent",
    environment: run.environment,
    tags: run.tags,
    priority: run.priority,
    maxCostMicros: run.maxCostMicros,
    parent: { runId: run.id, spanId: span.id, nesting: run.nesting + 1, gated: run.gated },
    overrides: overridesInside(overrides) as unknown as JsonObject,
    replay: source
      ? {
          of: source.id,
          rootRun: source.rootRun,
          depth: run.depth,
          mode: run.mode ?? "as_is",
          fromNodeId: start?.path ?? null,
          attempt: start ? source.attempt + 1 : 1,
          batchId: null,
          request: {},
          plan: start ? { ways: [...start.reused.ways] } : {},
          policy: {},
        }
      : undefined,
  };
}

async function outcome(child: RunRow): Promise<Json> {
  if (child.status === "completed") {
    const body = await findRunBody(database(), child.workspaceId, child.id);
    return body?.output ?? null;
  }
  if (child.status === "cancelled")
    throw new StepFailure("cancelled", `The child run ${child.id} of this step was cancelled.`);
  throw new StepFailure(
    child.error?.code ?? "step_failed",
    `The child run ${child.id} of this step failed: ${child.error?.message ?? ""}`,
  );
}
