import type { Transaction } from "#/db/client.ts";
import { inTransaction } from "#/db/transaction.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { ReplayAccepted, ReplayRequest } from "#/lib/contract/replay.ts";
import type { TriggerKind } from "#/lib/contract/status.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { canonicalText, contentHash } from "#/lib/core/hash.ts";
import { newId } from "#/lib/core/ids.ts";
import { acceptedView, createRun, enqueueRuns } from "#/lib/runs/create-run.ts";
import { mappedNodeId } from "#/lib/runs/overrides.ts";
import { reuseSpans } from "#/lib/runs/reuse-spans.ts";
import type { RunRow } from "#/lib/runs/run-store.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { auditRefusal } from "#/lib/tenancy/audit-refusal.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import type { ReplayFacts } from "./facts.ts";
import { assertNoBlock, quotaVerdict } from "./guards.ts";
import { definitionOf } from "./node-map.ts";
import { reuseOf, type ReplayPlan } from "./plan.ts";
import { previewReplay } from "./preview-replay.ts";
import { lockedFacts } from "./source-facts.ts";

/** What a replay would be created from. */
type JudgedReplay = { facts: ReplayFacts; plan: ReplayPlan };

/**
 * Decides a replay of a finished run, without the workspace's lock: a refused one makes no one else wait, and its payload
 * and templates may take seconds, so never in a transaction. Throws the first guard that blocks (API contract, order of codes).
 */
export async function judgeReplay(ctx: Ctx, runId: string, request: ReplayRequest): Promise<JudgedReplay> {
  authorize(ctx, "replay:submit");
  try {
    const { facts, plan, verdicts } = await previewReplay(ctx, runId, request);
    assertNoBlock(verdicts);
    return { facts, plan };
  } catch (error) {
    if (isAltered(error)) await auditAlteredPrompt(ctx, runId, error);
    throw error;
  }
}

/**
 * How a replay is asked for: through which surface, decided by which `judgeReplay`, and as part of which batch. Its
 * batch may still refuse it in `claim`, by throwing: under the workspace's lock and in the transaction that accepts
 * it; `at` is when it counts.
 */
export type SubmitOptions = {
  via?: TriggerKind;
  judged?: JudgedReplay | undefined;
  batch?: { id: string; claim: (tx: Transaction, accepted: { runId: string; at: Date }) => Promise<void> };
};

/** Replays of batches start behind everything that a person or a program asks for (-100 to 100). */
const batchPriority = -101;

/**
 * Accepts a replay of a finished run. `judged` is what judgeReplay returned, if it was already called. Throws as it does; then
 * nothing is written and no quota is used. The new run stores what was decided: request, plan, policy in force.
 */
export async function submitReplay(
  ctx: Ctx,
  runId: string,
  request: ReplayRequest,
  options: SubmitOptions = {},
): Promise<ReplayAccepted> {
  authorize(ctx, "replay:submit");
  const { facts, plan } = options.judged ?? (await judgeReplay(ctx, runId, request));
  const id = newId("run");
  return inTransaction(ctx.db, async (tx) => {
    await lockWorkspace(tx, ctx.workspace.id);
    // Only the lock keeps two facts from changing: the quota, and that the source still exists. The worker checks
    // everything else again, before the start and before each call.
    const { quota, at } = await lockedFacts(ctx, tx, runId);
    assertNoBlock([quotaVerdict({ ...facts, quota })]);
    await options.batch?.claim(tx, { runId: id, at });
    const row = await insertReplay(ctx, tx, { id, facts, plan, request, options, at });
    await enqueueRuns(ctx, tx, [row]);
    return {
      ...acceptedView(ctx, row, facts.slug),
      replayOf: facts.source.id,
      rootRun: row.rootRun,
      depth: row.depth,
      mode: plan.mode,
    };
  });
}

/** The stored text of the requested revision no longer matches its hash: someone changed it outside the product. */
function isAltered(error: unknown): error is DomainError {
  return (
    error instanceof DomainError && error.code === "prompt_hash_mismatch" && error.details?.["integrity"] === "failed"
  );
}

/** Put on record although the submit is refused and writes nothing else. */
async function auditAlteredPrompt(ctx: Ctx, runId: string, error: DomainError): Promise<void> {
  const { artifactId, contentHash: hash } = error.details as { artifactId: string; contentHash: string };
  const details = { contentHash: hash, replayOf: runId };
  await auditRefusal(ctx, error, { action: "prompt.integrity_failed", target: artifactId, details });
}

/** `at`: the database time at which the replay is accepted and counts. */
type Decided = JudgedReplay & { id: string; request: ReplayRequest; options: SubmitOptions; at: Date };

async function insertReplay(ctx: Ctx, tx: Transaction, decided: Decided): Promise<RunRow> {
  const { id, facts, plan, request, options } = decided;
  const { source, targetVersion } = facts;
  if (!targetVersion) throw new Error("a replay without a target version passed its guards");
  const { payload, ...storedPlan } = plan;
  const creating = createRun(ctx, tx, {
    id,
    workflow: { id: source.workflowId, slug: facts.slug },
    version: targetVersion,
    payload,
    trigger: options.batch ? "batch" : (options.via ?? "replay"),
    priority: options.batch ? batchPriority : 0,
    environment: plan.environment,
    tags: source.tags,
    metadata: source.metadata,
    maxDurationMs: givenMaxDurationMs(facts),
    maxCostMicros: request.maxCostMicros,
    createdAt: decided.at,
    replay: {
      of: source.id,
      rootRun: source.rootRun,
      depth: source.depth + 1,
      mode: plan.mode,
      fromNodeId: plan.fromNodeId,
      attempt: plan.fromNodeId === null ? 1 : source.attempt + 1,
      batchId: options.batch?.id ?? null,
      request: request as unknown as JsonObject,
      plan: storedPlan as unknown as JsonObject,
      policy: facts.policies as unknown as JsonObject,
    },
  });
  const auditing = recordAudit(ctx, tx, { action: "replay.submitted", target: id, details: auditDetails(decided) });
  const [row] = await Promise.all([creating, auditing]);
  const nodeNow = (nodeThen: string) => mappedNodeId(nodeThen, plan.overrides);
  await reuseSpans(tx, row, { spans: facts.spans, nodeNow }, reuseOf(facts, plan.fromNodeId, plan.overrides));
  return row;
}

/** The limit given when the source was triggered; null where its version's own applied: the target's applies now. */
function givenMaxDurationMs({ source, sourceVersion }: ReplayFacts): number | null {
  const own = definitionOf(sourceVersion).maxDurationMs ?? null;
  return source.maxDurationMs === own ? null : source.maxDurationMs;
}

function auditDetails({ facts, plan, options }: Decided): JsonObject {
  return {
    ...(options.batch ? { batch: options.batch.id } : {}),
    replayOf: facts.source.id,
    mode: plan.mode,
    planHash: contentHash(canonicalText(plan as unknown as JsonObject)),
    policyRevision: facts.policies.revision,
    version: plan.targetVersion,
    models: [...new Set(plan.models.map((model) => model.ref))],
    prompts: [...new Set(plan.prompts.map((prompt) => prompt.contentHash))],
    grants: plan.grants,
    liveMutations: plan.calls.filter((call) => call.mutating && call.verdict === "live").map((call) => call.nodeId),
  };
}
