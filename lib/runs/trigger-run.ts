import { inTransaction } from "#/db/transaction.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { RunAccepted, TriggerRequest } from "#/lib/contract/run.ts";
import type { TriggerKind } from "#/lib/contract/status.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { defaultTtlOf } from "#/lib/tenancy/environments.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { readInput } from "#/lib/workflows/read-input.ts";
import { ensureWorkflow } from "#/lib/workflows/ensure-workflow.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { findVersion, type VersionRow, type WorkflowRow } from "#/lib/workflows/version-store.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { acceptedView, createRun, enqueueRuns, type RunSpec } from "./create-run.ts";
import { startTime, ttlMs } from "./start-time.ts";

/** What a run would be created from. */
export type JudgedTrigger = Omit<RunSpec, "trigger">;

/** `create`: a workflow that does not exist yet is no mistake; the run waits for its first version. */
type TriggerOptions = { create?: boolean };

/**
 * Whether a run of a workflow's newest version, or of the named one, would be accepted. Throws `not_found`,
 * `workflow_paused`, `payload_invalid` (with the paths that the input schema rejects) and `validation_failed`. Judging a
 * payload may take seconds: never in a transaction.
 */
export async function judgeTrigger(
  ctx: Ctx,
  slug: string,
  request: TriggerRequest,
  options: TriggerOptions = {},
): Promise<JudgedTrigger> {
  authorize(ctx, "run:trigger");
  if (options.create) await ensureWorkflow(ctx, slug);
  return judge(ctx, await runnableWorkflow(ctx, slug), request);
}

/** The same for many runs of one workflow; names the request at fault (`body.items.3.payload.a`). */
export async function judgeTriggers(
  ctx: Ctx,
  slug: string,
  requests: readonly TriggerRequest[],
): Promise<JudgedTrigger[]> {
  authorize(ctx, "run:trigger");
  const workflow = await runnableWorkflow(ctx, slug);
  const judged: JudgedTrigger[] = [];
  // One definition in memory: each may have a megabyte, and all requests together name as many as there are.
  let known: { wanted: number | "latest"; version: VersionRow | null } | undefined;
  const find: FindVersion = async (wanted) => {
    if (known?.wanted === wanted) return known.version;
    known = undefined;
    const version = await findVersion(ctx.db, workflow.id, wanted);
    known = { wanted, version };
    return version;
  };
  for (const [index, request] of requests.entries())
    judged.push(await judge(ctx, workflow, request, find).catch((error: unknown) => throwAt(index, error)));
  return judged;
}

type FindVersion = (wanted: number | "latest") => Promise<VersionRow | null>;

/** Accepts a run. `judged` is what judgeTrigger returned, if it was already called. Throws as it does. */
export async function triggerRun(
  ctx: Ctx,
  slug: string,
  request: TriggerRequest,
  via: TriggerKind,
  judged?: JudgedTrigger,
): Promise<RunAccepted> {
  authorize(ctx, "run:trigger");
  const [run] = await acceptRuns(ctx, slug, via, [judged ?? (await judgeTrigger(ctx, slug, request))]);
  return run as RunAccepted;
}

/** Accepts many runs of one workflow, all or none, in the order of the requests, as `triggerRun` does. */
export async function triggerRuns(
  ctx: Ctx,
  slug: string,
  requests: readonly TriggerRequest[],
  via: TriggerKind,
  judged?: readonly JudgedTrigger[],
): Promise<RunAccepted[]> {
  authorize(ctx, "run:trigger");
  return acceptRuns(ctx, slug, via, judged ?? (await judgeTriggers(ctx, slug, requests)));
}

async function runnableWorkflow(ctx: Ctx, slug: string): Promise<WorkflowRow> {
  const workflow = await loadWorkflow(ctx, slug);
  if (!workflow.pausedAt) return workflow;
  const message = "This workflow is paused for safety reasons. Unpause it before triggering.";
  throw new DomainError("workflow_paused", message, { details: { reason: workflow.pausedReason } });
}

async function judge(
  ctx: Ctx,
  workflow: WorkflowRow,
  request: TriggerRequest,
  find: FindVersion = (wanted) => findVersion(ctx.db, workflow.id, wanted),
): Promise<JudgedTrigger> {
  const startAt = request.delay === undefined ? null : startTime(request.delay, ctx.clock.now());
  const environment = request.environment ?? "production";
  // Of a workflow without a version the first one is the latest.
  const wanted = request.version ?? (workflow.lastVersion === 0 ? 1 : "latest");
  const [version, defaultTtl] = await Promise.all([
    find(wanted),
    request.ttl === undefined ? defaultTtlOf(ctx.db, ctx.workspace.id, environment) : null,
  ]);
  const ttl = request.ttl ?? defaultTtl;
  // A number that was never given out may still be pushed; the run waits for it.
  const isAhead = typeof wanted === "number" && wanted > workflow.lastVersion;
  if (!isAhead && (!version || version.deletedAt)) throw notFound("Workflow version");
  const payload = request.payload === undefined ? {} : request.payload;
  if (version) await assertPayload(version, payload);
  return {
    workflow,
    version: version ? inShort(version) : { id: null, version: Number(wanted) },
    payload,
    environment,
    tags: request.tags,
    metadata: request.metadata,
    priority: request.priority,
    maxDurationMs: request.maxDurationMs,
    startAt,
    ttlMs: ttl === null ? null : ttlMs(ttl),
    concurrencyKey: request.concurrencyKey,
  };
}

/** A version without all that a run does not take from it. */
function inShort({ id, version, definition: { maxDurationMs } }: VersionRow): JudgedTrigger["version"] {
  return { id, version, definition: maxDurationMs === undefined ? {} : { maxDurationMs } };
}

/** Rethrows what an item of a list is refused for, with its place. */
function throwAt(index: number, error: unknown): never {
  if (!(error instanceof DomainError) || !error.fields) throw error;
  const fields = error.fields.map(({ path, message }) => ({
    path: path.replace(/^body/, `body.items.${index}`),
    message,
  }));
  throw new DomainError(error.code, `Item ${index}: ${error.message}`, { fields });
}

/** Accepts runs that were judged, all or none, in their order. The caller has authorised. */
export async function acceptRuns(
  ctx: Ctx,
  slug: string,
  via: TriggerKind,
  judged: readonly JudgedTrigger[],
): Promise<RunAccepted[]> {
  return inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    // Sent one behind the other without waiting for each answer; they take effect in this order.
    const rows = await Promise.all(judged.map((run) => createRun(ctx, tx, { ...run, trigger: via })));
    await enqueueRuns(ctx, tx, rows);
    return rows.map((row) => acceptedView(ctx, row, slug));
  });
}

/**
 * Throws `payload_invalid` with a path (`body.payload.a`) for each place where the payload does not fit the version's
 * input schema.
 */
export async function assertPayload(version: VersionRow, payload: Json): Promise<void> {
  const { faults } = await readInput(version, payload);
  if (faults.length === 0) return;
  const first = faults[0];
  throw new DomainError(
    "payload_invalid",
    `The payload does not fit the workflow's input: ${first?.path}: ${first?.message}`,
    { fields: faults.map(({ path, message }) => ({ path: `body.${path}`, message })) },
  );
}
