import type { ErrorCode } from "#/lib/contract/problem.ts";
import { replayDepthLimit, replayQuota, type GuardVerdict, type ReplayRequest } from "#/lib/contract/replay.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { decideModel, matchModelIdAndRef, modelRefusalMessage } from "#/lib/models/allowlist.ts";
import { isPromptHash } from "#/lib/prompts/revision.ts";
import type { ReplayFacts } from "./facts.ts";
import type { ReplayPlan } from "./plan.ts";

type Check = { code: ErrorCode; blocked: false | { message: string; details?: Record<string, unknown> } };

/**
 * May this replay go ahead? All verdicts, in the order in which a submit reports them (API contract). The same function
 * answers preflight and guards the submit, so the two cannot disagree. Pure.
 */
export function evaluateGuards(facts: ReplayFacts, plan: ReplayPlan, request: ReplayRequest): GuardVerdict[] {
  const checks = [
    runInFlight(facts),
    depth(facts),
    sourceVersion(facts),
    workflowPaused(facts),
    nodesUnmapped(plan),
    ...promptChecks(facts, request),
    ...modelChecks(facts, plan, request),
    overrideTarget(plan, request),
    quota(facts),
  ];
  return checks.map(({ code, blocked }) => ({
    code,
    level: blocked ? "block" : "pass",
    message: blocked ? blocked.message : passMessage(code, facts),
    details: (blocked && blocked.details) || {},
  }));
}

/** Throws the first verdict that blocks, as the error of its code. */
export function assertNoBlock(verdicts: readonly GuardVerdict[]): void {
  const block = verdicts.find((verdict) => verdict.level === "block");
  if (block) throw new DomainError(block.code, block.message, { details: block.details });
}

function runInFlight({ source }: ReplayFacts): Check {
  const inFlight = !isFinal(source.status);
  return {
    code: "run_in_flight",
    blocked: inFlight && { message: "Cannot replay an in-flight run", details: { status: source.status } },
  };
}

function depth({ source }: ReplayFacts): Check {
  const next = source.depth + 1;
  const tooDeep = next > replayDepthLimit;
  const details = { depth: next, limit: replayDepthLimit };
  return {
    code: "replay_depth_exceeded",
    blocked: tooDeep && { message: "Replay chain exceeded depth limit", details },
  };
}

function sourceVersion({ source, sourceVersion: version, targetVersion }: ReplayFacts): Check {
  const message = "This run cannot be replayed because its source workflow version is no longer available.";
  const gone = version === null || targetVersion === null;
  return { code: "source_version_unavailable", blocked: gone && { message, details: { version: source.version } } };
}

function workflowPaused({ workflow }: ReplayFacts): Check {
  const message = "This workflow is paused for safety reasons. Unpause it before replaying.";
  const details = { reason: workflow.pausedReason };
  return { code: "workflow_paused", blocked: workflow.pausedAt !== null && { message, details } };
}

function nodesUnmapped({ unmapped }: ReplayPlan): Check {
  const message = `${unmapped.length} renamed node(s) need mapping before this cross-version replay can run.`;
  return { code: "nodes_unmapped", blocked: unmapped.length > 0 && { message, details: { nodes: unmapped } } };
}

function promptChecks({ prompt }: ReplayFacts, request: ReplayRequest): Check[] {
  if (!request.prompt) return [];
  const { artifactId, contentHash } = request.prompt;
  const unknown = prompt?.artifactKnown !== true;
  const mismatch = hashFault(prompt, contentHash);
  return [
    {
      code: "prompt_not_found",
      blocked: unknown && {
        message: `There is no prompt artifact ${artifactId} in this workspace.`,
        details: { artifactId },
      },
    },
    {
      code: "prompt_hash_mismatch",
      blocked: !unknown &&
        mismatch !== null && {
          message: mismatch,
          details: { artifactId, contentHash, ...(prompt.revision === "altered" ? { integrity: "failed" } : {}) },
        },
    },
  ];
}

function hashFault(prompt: ReplayFacts["prompt"], contentHash: string): string | null {
  if (!isPromptHash(contentHash)) return "The content hash must be sha256: and 64 lower-case hexadecimal digits.";
  if (prompt?.revision === "unknown") return "No revision of this prompt artifact has this content hash.";
  if (prompt?.revision === "altered") return "The stored prompt text no longer matches its content hash.";
  return null;
}

function modelChecks(facts: ReplayFacts, plan: ReplayPlan, request: ReplayRequest): Check[] {
  const { account, workspace } = facts.policies;
  const refused = modelsToJudge(plan, request).flatMap(({ nodeId, ref }) => {
    const decision = decideModel({ ref, catalogue: facts.catalogue, account, workspace });
    return decision.allowed ? [] : [{ nodeId, ref, code: decision.code, because: decision.because }];
  });
  const refusal = (code: "provider_blocked" | "model_not_available"): Check => {
    const models = refused
      .filter((model) => model.code === code)
      .map(({ nodeId, ref, because }) => ({ nodeId, ref, because }));
    return { code, blocked: models.length > 0 && { message: modelRefusalMessage(code), details: { models } } };
  };
  return [...refMismatch(facts, request), refusal("provider_blocked"), refusal("model_not_available")];
}

/** Every model that the replay would call, and the one that is asked for even where no node would call it. */
function modelsToJudge(plan: ReplayPlan, { model }: ReplayRequest): { nodeId: string | null; ref: string }[] {
  const isCalled = model === undefined || plan.models.some(({ ref }) => ref === model.ref);
  return isCalled ? plan.models : [...plan.models, { nodeId: null, ref: model.ref }];
}

function refMismatch({ catalogue }: ReplayFacts, { model }: ReplayRequest): Check[] {
  if (!model) return [];
  const differs = matchModelIdAndRef(model.id, model.ref, catalogue) !== "ok";
  const message = "The model id and the model ref do not name the same model.";
  return [{ code: "model_ref_mismatch", blocked: differs && { message, details: { ...model } } }];
}

function overrideTarget(plan: ReplayPlan, request: ReplayRequest): Check {
  const wanted = plan.mode !== "as_is";
  const missed = wanted && (plan.overrideTargets.length === 0 || plan.overrideMisses.length > 0);
  const what = request.mode === "prompt" ? "uses that prompt artifact" : "calls a model";
  const which =
    plan.overrideMisses.length > 0
      ? `${plan.overrideMisses.join(", ")}: no such node ${what}.`
      : `No node of the run ${what}.`;
  return {
    code: "override_has_no_target",
    blocked: missed && { message: which, details: { nodeIds: plan.overrideMisses } },
  };
}

function quota({ quota: use }: ReplayFacts): Check {
  const full = use.used >= replayQuota.limit;
  const details = {
    limit: replayQuota.limit,
    remaining: Math.max(0, replayQuota.limit - use.used),
    retryAfterMs: use.retryAfterMs,
    resetMs: use.resetMs,
  };
  return { code: "replay_quota_exceeded", blocked: full && { message: "Replay quota exceeded", details } };
}

const passes: Partial<Record<ErrorCode, string>> = {
  run_in_flight: "The run is finished",
  source_version_unavailable: "The workflow version is available",
  workflow_paused: "The workflow is not paused",
  nodes_unmapped: "Every node has its counterpart",
  prompt_not_found: "The prompt artifact exists",
  prompt_hash_mismatch: "The prompt revision exists",
  model_ref_mismatch: "Model id and ref agree",
  provider_blocked: "No provider is blocked",
  model_not_available: "Every model is available",
  override_has_no_target: "The override has a target",
};

function passMessage(code: ErrorCode, facts: ReplayFacts): string {
  if (code === "replay_depth_exceeded") return `Replay depth ${facts.source.depth + 1} of ${replayDepthLimit}`;
  if (code === "replay_quota_exceeded")
    return `${replayQuota.limit - facts.quota.used} of ${replayQuota.limit} replays left`;
  return passes[code] ?? "";
}
