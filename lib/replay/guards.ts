import type { ErrorCode, FieldError } from "#/lib/contract/problem.ts";
import { replayDepthLimit, replayQuota, type GuardVerdict, type ReplayRequest } from "#/lib/contract/replay.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { decideModel, matchModelIdAndRef, modelRefusalMessage } from "#/lib/models/allowlist.ts";
import { isPromptHash } from "#/lib/prompts/revision.ts";
import { mappedNodeId } from "#/lib/runs/overrides.ts";
import { assertPayload } from "#/lib/runs/trigger-run.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { crossesVersions } from "./choose-mapping.ts";
import type { ReplayFacts } from "./facts.ts";
import { definitionOf, mappingFaults, nodeTypesOf } from "./node-map.ts";
import { judgeTemplates } from "./template-verdict.ts";
import { reusedIn, type ReplayPlan } from "./plan.ts";
import { startFault } from "./start-fault.ts";

type Said = { message: string; details?: Record<string, unknown> };
/** `warned` says what may go wrong, without blocking the replay. */
type Check = { code: ErrorCode; blocked: false | Said; warned?: false | Said };

/**
 * Whether this replay may go ahead: all verdicts, in the order in which a submit reports them (API contract). The same
 * function answers preflight and guards the submit, so the two cannot disagree. Changes nothing.
 */
export async function evaluateGuards(
  facts: ReplayFacts,
  plan: ReplayPlan,
  request: ReplayRequest,
): Promise<GuardVerdict[]> {
  const checks = [
    runInFlight(facts),
    depth(facts),
    sourceVersion(facts, plan),
    workflowPaused(facts, plan),
    ...mappingInvalid(facts, request),
    nodesUnmapped(plan),
    ...fromNode(facts, plan, request),
    ...promptChecks(facts, plan),
    ...modelChecks(facts, plan, request),
    overrideTarget(plan, request),
    ...(await payload(facts, plan, request)),
    ...(await templates(facts, plan)),
    quota(facts),
  ];
  return checks.map((check) => verdictOf(check, facts));
}

/** The one verdict that changes while a submit waits for the workspace's lock. */
export function quotaVerdict(facts: ReplayFacts): GuardVerdict {
  return verdictOf(quota(facts), facts);
}

function verdictOf({ code, blocked, warned = false }: Check, facts: ReplayFacts): GuardVerdict {
  const said = blocked || warned;
  return {
    code,
    level: blocked ? "block" : warned ? "warn" : "pass",
    message: said ? said.message : passMessage(code, facts),
    details: (said && said.details) || {},
  };
}

/** Throws the first blocking verdict as the error of its code; `details.errors` names that error's own fields. */
export function assertNoBlock(verdicts: readonly GuardVerdict[]): void {
  const block = verdicts.find((verdict) => verdict.level === "block");
  if (!block) return;
  const { errors, ...details } = block.details;
  throw new DomainError(block.code, block.message, errors ? { fields: errors as FieldError[] } : { details });
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

function sourceVersion(facts: ReplayFacts, plan: ReplayPlan): Check {
  const message = "This run cannot be replayed because its source workflow version is no longer available.";
  const gone = facts.sourceVersion === null || facts.targetVersion === null;
  const steps = refusedSteps(facts, plan, "source_version_unavailable");
  const details = { ...(gone ? { version: facts.source.version } : {}), ...(steps.length > 0 ? { steps } : {}) };
  return { code: "source_version_unavailable", blocked: (gone || steps.length > 0) && { message, details } };
}

function workflowPaused(facts: ReplayFacts, plan: ReplayPlan): Check {
  const message = "This workflow is paused for safety reasons. Unpause it before replaying.";
  const paused = facts.workflow.pausedAt !== null;
  const steps = refusedSteps(facts, plan, "workflow_paused");
  const details = {
    ...(paused ? { reason: facts.workflow.pausedReason } : {}),
    ...(steps.length > 0 ? { steps } : {}),
  };
  return { code: "workflow_paused", blocked: (paused || steps.length > 0) && { message, details } };
}

/** Steps that the replay would execute although their workflow cannot run; a `when` may skip them, as for models. */
function refusedSteps(
  { innerRefusals }: ReplayFacts,
  plan: ReplayPlan,
  code: ReplayFacts["innerRefusals"][number]["code"],
) {
  const reused = reusedIn(plan);
  return innerRefusals
    .filter((refusal) => refusal.code === code && !reused.has(refusal.hostId))
    .map(({ code: _code, hostId: _hostId, ...step }) => step);
}

/** Judged on the two versions that the mapping connects; if one is gone, that is the reason. */
function mappingInvalid({ sourceVersion: from, targetVersion: to }: ReplayFacts, request: ReplayRequest): Check[] {
  if (request.nodeMapping === undefined || !from || !to) return [];
  const types = (version: { definition: WorkflowDefinition }) => nodeTypesOf(definitionOf(version));
  const faults = mappingFaults(request.nodeMapping, types(from), types(to), "body.nodeMapping");
  const message = `The node mapping cannot be used: ${faults[0]?.path} ${faults[0]?.message}`;
  const details = { errors: faults.slice(0, 100) };
  return [{ code: "mapping_invalid", blocked: faults.length > 0 && { message, details } }];
}

function nodesUnmapped({ unmapped }: ReplayPlan): Check {
  const message = `${unmapped.length} renamed node(s) need mapping before this cross-version replay can run.`;
  return { code: "nodes_unmapped", blocked: unmapped.length > 0 && { message, details: { nodes: unmapped } } };
}

function fromNode(facts: ReplayFacts, plan: ReplayPlan, { fromNodeId }: ReplayRequest): Check[] {
  if (fromNodeId === undefined) return [];
  const { targetVersion, spans, lengths, inside } = facts;
  const nodeNow = (nodeThen: string) => mappedNodeId(nodeThen, plan.overrides);
  const own = targetVersion && { version: targetVersion, spans, lengths, nodeNow };
  const fault = own && startFault([own, ...inside], fromNodeId);
  const details = { errors: [{ path: "body.fromNodeId", message: fault }] };
  const message = `${fromNodeId} ${fault}${fault?.endsWith("?") ? "" : "."}`;
  return [{ code: "from_node_invalid", blocked: fault !== null && { message, details } }];
}

function promptChecks({ prompt }: ReplayFacts, { overrides }: ReplayPlan): Check[] {
  if (!overrides.prompt) return [];
  const { artifactId, contentHash } = overrides.prompt;
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

/** A template that does not compile would fail its step; one that reads a missing value may. Others get no verdict. */
async function templates(facts: ReplayFacts, plan: ReplayPlan): Promise<Check[]> {
  const { broken, missing } = await judgeTemplates(facts, plan);
  if (broken.length + missing.length === 0) return [];
  const more = ({ length }: FieldError[]) => (length > 1 ? ` (and ${length - 1} more)` : "");
  const code = "expression_failed";
  const verdict = {
    blocked: broken.length > 0 && {
      message: `A template cannot be filled: ${broken[0]?.path}: ${broken[0]?.message}${more(broken)}`,
      details: { errors: broken.slice(0, 100) },
    },
    warned: missing.length > 0 && {
      message: `A template may fail: ${missing[0]?.message}${more(missing)}`,
      details: { templates: missing.slice(0, 100) },
    },
  };
  return [{ code, ...verdict }];
}

function hashFault(prompt: ReplayFacts["prompt"], contentHash: string): string | null {
  if (!isPromptHash(contentHash)) return "The content hash must be sha256: and 64 lowercase hexadecimal digits.";
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

/** Every model that the replay would call, and the requested one even if no node would call it. */
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

/** Whether the payload fits the input of the version that would run. A payload that has already run on it does. */
async function payload(facts: ReplayFacts, plan: ReplayPlan, request: ReplayRequest): Promise<Check[]> {
  const { targetVersion } = facts;
  if (!targetVersion || (request.payload === undefined && !crossesVersions(facts))) return [];
  const code = "payload_invalid";
  try {
    await assertPayload(targetVersion, plan.payload);
    return [{ code, blocked: false }];
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== code) throw error;
    return [{ code, blocked: { message: error.message, details: { errors: error.fields } } }];
  }
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
  mapping_invalid: "The node mapping can be used",
  nodes_unmapped: "Every node has its counterpart",
  from_node_invalid: "The replay can start from this node",
  prompt_not_found: "The prompt artifact exists",
  prompt_hash_mismatch: "The prompt revision exists",
  model_ref_mismatch: "Model id and ref agree",
  provider_blocked: "No provider is blocked",
  model_not_available: "Every model is available",
  override_has_no_target: "The override has a target",
  payload_invalid: "The payload fits the workflow's input",
};

function passMessage(code: ErrorCode, facts: ReplayFacts): string {
  if (code === "replay_depth_exceeded") return `Replay depth ${facts.source.depth + 1} of ${replayDepthLimit}`;
  if (code === "replay_quota_exceeded")
    return `${replayQuota.limit - facts.quota.used} of ${replayQuota.limit} replays left`;
  return passes[code] ?? "";
}
