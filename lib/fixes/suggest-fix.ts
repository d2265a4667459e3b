import type { SuggestFixRequest } from "#/lib/contract/fix.ts";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { RunAccepted } from "#/lib/contract/run.ts";
import { isFinal, type TriggerKind } from "#/lib/contract/status.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import { accessFor } from "#/lib/models/provider-access.ts";
import { decideModel, modelRefusalMessage } from "#/lib/models/allowlist.ts";
import { splitModelRef } from "#/lib/models/catalogue.ts";
import { loadCatalogue } from "#/lib/models/store.ts";
import { loadPolicies } from "#/lib/policies/load-policies.ts";
import { loadRevision } from "#/lib/prompts/load-revision.ts";
import { loadRun } from "#/lib/runs/get-run.ts";
import { findSpan, spanBodiesOf, type SpanRow } from "#/lib/runs/span-store.ts";
import { acceptRuns, judgeTrigger, type JudgedTrigger } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { writeDefinition } from "#/lib/workflows/bounded-definition.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { credentialsIn } from "#/lib/workflows/definition-warnings.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import { promptRefs } from "#/lib/workflows/prompt-nodes.ts";
import { createWorkflow, pushVersion } from "#/lib/workflows/push-version.ts";
import { definitionJson } from "#/lib/workflows/stored-definition.ts";
import { findVersion, findWorkflow } from "#/lib/workflows/version-store.ts";
import type { FixPayload } from "./fix-payload.ts";
import { fixQuestion } from "./fix-question.ts";
import { fixDefinition, fixSlug } from "./fix-workflow.ts";

/** Enough for two answers about a large definition by an expensive model. */
const defaultMaxCostMicros = 500_000;
const maxDurationMs = 300_000;

export type PreparedFix = { judged: JudgedTrigger };

/**
 * Gathers what a model is asked about a failed step, and makes the workflow that asks it, unless it is there. Throws
 * `not_found`, `conflict` (nothing failed, or the run has not ended), `source_version_unavailable`, `workflow_paused` (the
 * workflow of suggestions), `model_not_available`, `provider_blocked`, `provider_not_configured`.
 */
export async function prepareFix(ctx: Ctx, runId: string, request: SuggestFixRequest): Promise<PreparedFix> {
  authorize(ctx, "fix:suggest");
  const { run, slug } = await loadRun(ctx, runId);
  if (!isFinal(run.status)) throw new DomainError("conflict", "The run has not ended yet.");
  const span = await failedSpan(ctx, runId, request.spanId ?? run.error?.spanId ?? null);
  const version = run.version === null ? null : await findVersion(ctx.db, run.workflowId, run.version);
  if (!version || version.deletedAt)
    throw new DomainError("source_version_unavailable", "The version of this run is no longer available.");
  const model = await chosenModel(ctx, request.model ?? null, span, version.definition);
  const [definition, prompt, bodies] = await Promise.all([
    writeDefinition(ctx.workspace.id, definitionJson(version.definition)),
    promptOf(ctx, span, version.definition),
    spanBodiesOf(ctx.db, ctx.workspace.id, [span.id]),
  ]);
  const step = {
    ...{ key: span.key, nodeId: span.nodeId, kind: span.kind, input: bodies.get(span.id)?.input ?? null },
    error: span.error ?? { code: "step_failed", message: "" },
  };
  const workflow = { slug, version: version.version };
  const credentials = credentialsIn(version.definition).flatMap(({ texts }) => texts);
  const payload: FixPayload = {
    of: {
      runId,
      spanId: span.id,
      nodeId: span.nodeId,
      fromNodeId: stepOf(span.key),
      workflow: slug,
      version: version.version,
    },
    ...{ model, definition, prompt: prompt?.text ?? null, artifactId: prompt?.artifactId ?? null },
    contentHash: prompt?.contentHash ?? null,
    question: fixQuestion({ workflow, definition, step, prompt, credentials }),
  };
  const system: Ctx = { ...ctx, actor: { kind: "system", name: "suggest-fix" } };
  const judged = await judgeTrigger(system, fixSlug, {
    ...{ version: await versionFor(system, model), environment: run.environment, maxDurationMs },
    payload: payload as unknown as JsonObject,
    tags: ["suggested-fix"],
  });
  return { judged: { ...judged, maxCostMicros: request.maxCostMicros ?? defaultMaxCostMicros } };
}

/** Starts the run that asks. `prepared`: what prepareFix gave, if it was already called. Throws as it does. */
export async function suggestFix(
  ctx: Ctx,
  runId: string,
  request: SuggestFixRequest,
  { via, prepared }: { via: TriggerKind; prepared?: PreparedFix },
): Promise<RunAccepted> {
  authorize(ctx, "fix:suggest");
  const { judged } = prepared ?? (await prepareFix(ctx, runId, request));
  const [accepted] = await acceptRuns(ctx, fixSlug, via, [judged]);
  return accepted as RunAccepted;
}

async function failedSpan(ctx: Ctx, runId: string, spanId: string | null): Promise<SpanRow> {
  if (spanId === null) throw new DomainError("conflict", "No step of this run failed, so there is nothing to fix.");
  const span = await findSpan(ctx.db, ctx.workspace.id, runId, spanId);
  if (!span) throw notFound("Span");
  if (span.status !== "failed" || span.nodeId === "")
    throw new DomainError("conflict", "This step did not fail, so there is nothing to fix.");
  return span;
}

/** Of the step's own prompt artifact, the revision that it used; where it failed before, the one that its node names. */
async function promptOf(ctx: Ctx, { nodeId, promptArtifact, promptHash }: SpanRow, definition: WorkflowDefinition) {
  const named = promptRefs(definition).find((ref) => ref.nodeId === nodeId);
  const artifactId = promptArtifact ?? named?.artifactId ?? null;
  const contentHash = promptArtifact === null ? (named?.contentHash ?? null) : promptHash;
  if (artifactId === null || contentHash === null) return null;
  const revision = await loadRevision(ctx.db, ctx.workspace.id, artifactId, contentHash);
  return revision && { artifactId, contentHash, text: revision.text };
}

/**
 * The model to ask. Without a choice: the step's own, then others that the workflow calls, then any; the first that is
 * allowed and whose provider is configured.
 */
async function chosenModel(
  ctx: Ctx,
  asked: string | null,
  span: SpanRow,
  definition: WorkflowDefinition,
): Promise<string> {
  const [catalogue, policies] = await Promise.all([
    loadCatalogue(ctx.db, ctx.workspace.id),
    loadPolicies(ctx.db, ctx.workspace),
  ]);
  const decide = (ref: string) =>
    decideModel({ ref, catalogue, account: policies.account, workspace: policies.workspace });
  const isConfigured = async (ref: string) =>
    (await accessFor(ctx.db, ctx.workspace.id, splitModelRef(ref)?.provider ?? "")).access !== null;
  if (asked !== null) {
    const decision = decide(asked);
    if (!decision.allowed) throw new DomainError(decision.code, modelRefusalMessage(decision.code));
    if (await isConfigured(asked)) return asked;
    throw new DomainError("provider_not_configured", "No API key for the provider of this model is configured.");
  }
  const called = placedNodes(definition).flatMap(({ node }) =>
    node.type === "agent" || node.type === "model" ? [node.model] : [],
  );
  const known = [...(span.modelRef === null ? [] : [span.modelRef]), ...called, ...catalogue.map(({ ref }) => ref)];
  for (const ref of new Set(known)) if (decide(ref).allowed && (await isConfigured(ref))) return ref;
  throw new DomainError("model_not_available", modelRefusalMessage("model_not_available"));
}

/** The number of the version that asks this model; made when it is not there. */
async function versionFor(system: Ctx, model: string): Promise<number> {
  const source = { json: fixDefinition(model) };
  if (!(await findWorkflow(system.db, system.workspace.id, fixSlug)))
    await createWorkflow(system, { slug: fixSlug, definition: source }).catch((error: unknown) => {
      // Another request made it meanwhile.
      if (!(error instanceof DomainError && error.code === "conflict")) throw error;
    });
  return (await pushVersion(system, fixSlug, source)).version;
}

/** The path of the step that a span is, or belongs to: below it are an agent's turns (`/`) and attempts (`#`). */
function stepOf(key: string): string {
  return /^[^/#]*/.exec(key)?.[0] ?? key;
}
