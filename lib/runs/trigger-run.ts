import { inTransaction } from "#/db/transaction.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { RunAccepted, TriggerRequest } from "#/lib/contract/run.ts";
import type { TriggerKind } from "#/lib/contract/status.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { readInput } from "#/lib/workflows/read-input.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { findVersion, type VersionRow, type WorkflowRow } from "#/lib/workflows/version-store.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { acceptedView, createRun, enqueueRun } from "./create-run.ts";
import { startTime, ttlMs } from "./start-time.ts";

/** What a run would be created from. */
type JudgedTrigger = {
  workflow: WorkflowRow;
  version: VersionRow | { id: null; version: number };
  payload: Json;
  startAt: Date | null;
  ttlMs: number | null;
};

/**
 * Whether a run of a workflow's newest version, or of the named one, would be accepted. Throws `not_found`,
 * `workflow_paused`, `payload_invalid` (with the paths that the input schema rejects) and `validation_failed`. Judging a
 * payload may take seconds: never in a transaction.
 */
export async function judgeTrigger(ctx: Ctx, slug: string, request: TriggerRequest): Promise<JudgedTrigger> {
  authorize(ctx, "run:trigger");
  const now = ctx.clock.now();
  const startAt = request.delay === undefined ? null : startTime(request.delay, now);
  const ttl = request.ttl === undefined ? null : ttlMs(request.ttl);
  const workflow = await loadWorkflow(ctx, slug);
  if (workflow.pausedAt)
    throw new DomainError(
      "workflow_paused",
      "This workflow is paused for safety reasons. Unpause it before triggering.",
      {
        details: { reason: workflow.pausedReason },
      },
    );
  const wanted = request.version ?? "latest";
  const version = await findVersion(ctx.db, workflow.id, wanted);
  // A number that was never given out may still be pushed; the run waits for it.
  const isAhead = typeof wanted === "number" && wanted > workflow.lastVersion;
  if (!isAhead && (!version || version.deletedAt)) throw notFound("Workflow version");
  const payload = request.payload === undefined ? {} : request.payload;
  if (version) await assertPayload(version, payload);
  return { workflow, version: version ?? { id: null, version: Number(wanted) }, payload, startAt, ttlMs: ttl };
}

/** Accepts a run. `judged` is what judgeTrigger returned, if it was already called. Throws as it does. */
export async function triggerRun(
  ctx: Ctx,
  slug: string,
  request: TriggerRequest,
  via: TriggerKind,
  judged?: JudgedTrigger,
): Promise<RunAccepted> {
  authorize(ctx, "run:trigger");
  const accepted = judged ?? (await judgeTrigger(ctx, slug, request));
  return inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    const row = await createRun(ctx, tx, {
      ...accepted,
      trigger: via,
      environment: request.environment ?? "production",
      tags: request.tags,
      priority: request.priority,
      maxDurationMs: request.maxDurationMs,
      concurrencyKey: request.concurrencyKey,
    });
    await enqueueRun(ctx, tx, row);
    return acceptedView(ctx, row, slug);
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
