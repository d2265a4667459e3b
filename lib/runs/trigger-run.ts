import { inTransaction } from "#/db/transaction.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { RunAccepted, TriggerRequest } from "#/lib/contract/run.ts";
import type { TriggerKind } from "#/lib/contract/status.ts";
import { DomainError, invalidField, notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { validateJson } from "#/lib/workflows/json-schema.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { findVersion, type VersionRow } from "#/lib/workflows/version-store.ts";
import { acceptedView, createRun, enqueueRun } from "./create-run.ts";

export const workflowPausedMessage = "This workflow is paused for safety reasons. Unpause it before replaying.";

/**
 * Accepts a run of a workflow's newest version, or of the one named. Throws `not_found`, `workflow_paused`,
 * `payload_invalid` (with the paths that the input schema refuses) and `validation_failed`.
 */
export async function triggerRun(ctx: Ctx, slug: string, request: TriggerRequest, via: TriggerKind): Promise<RunAccepted> {
  authorize(ctx, "run:trigger");
  refuseUnsupported(request);
  const workflow = await loadWorkflow(ctx, slug);
  if (workflow.pausedAt)
    throw new DomainError("workflow_paused", "This workflow is paused for safety reasons. Unpause it before triggering.", {
      details: { reason: workflow.pausedReason },
    });
  const version = await findVersion(ctx.db, workflow.id, request.version ?? "latest");
  if (!version || version.deletedAt) throw notFound("Workflow version");
  const payload = request.payload ?? {};
  assertPayload(version, payload);
  return inTransaction(ctx.db, async (tx) => {
    const row = await createRun(ctx, tx, {
      workflow,
      version,
      payload,
      trigger: via,
      environment: request.environment ?? "production",
      tags: request.tags,
      priority: request.priority,
      maxDurationMs: request.maxDurationMs,
    });
    await enqueueRun(ctx, tx, row);
    return acceptedView(ctx, row, slug);
  });
}

/** Throws `payload_invalid` with a path for each place where the payload does not fit the version's input schema. */
export function assertPayload(version: VersionRow, payload: Json): void {
  const { input } = version.definition as unknown as WorkflowDefinition;
  if (input === undefined) return;
  const fields = validateJson(input, payload, "payload");
  if (fields.length === 0) return;
  const first = fields[0];
  throw new DomainError("payload_invalid", `The payload does not fit the workflow's input: ${first?.path}: ${first?.message}`, {
    fields,
  });
}

function refuseUnsupported(request: TriggerRequest): void {
  for (const field of ["delay", "ttl", "concurrencyKey"] as const)
    if (request[field] !== undefined) throw invalidField(`body.${field}`, "is not supported yet");
}
