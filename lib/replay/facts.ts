import type { DbHandle, Transaction } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { MappingPairs, ReplayRequest } from "#/lib/contract/replay.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import type { CatalogueEntry } from "#/lib/models/catalogue.ts";
import { loadCatalogue } from "#/lib/models/store.ts";
import { selectWorkflowGrants } from "#/lib/policies/grant-store.ts";
import { loadPolicies, type Policies } from "#/lib/policies/load-policies.ts";
import type { MutationGrant } from "#/lib/policies/mutation-grant.ts";
import { hasPrompt, loadRevision } from "#/lib/prompts/load-revision.ts";
import { revisionTexts } from "#/lib/prompts/revision-lookup.ts";
import { mappedNodeId, type RunOverrides } from "#/lib/runs/overrides.ts";
import type { CallRecord } from "#/lib/runs/recorded-calls.ts";
import { callRecords } from "#/lib/runs/recorded-calls-store.ts";
import { findRun, findRunBody, runExists, runExistsAnywhere, type RunBody, type RunRow } from "#/lib/runs/run-store.ts";
import { listSpans, type SpanRow } from "#/lib/runs/span-store.ts";
import { memberOf, type Ctx } from "#/lib/tenancy/ctx.ts";
import { selectToolsOf } from "#/lib/tools/store.ts";
import type { WorkspaceTool } from "#/lib/tools/tool-source.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { promptRefs } from "#/lib/workflows/prompt-nodes.ts";
import { placedSources } from "#/lib/workflows/tool-calls.ts";
import { findVersion, findWorkflowById, type VersionRow, type WorkflowRow } from "#/lib/workflows/version-store.ts";
import { chooseChanges, type Changes } from "./choose-changes.ts";
import { chooseMapping } from "./choose-mapping.ts";
import { loadInnerWorkflows, type InnerRefusal, type InnerWorkflow } from "./inner-workflows.ts";
import { databaseTime, listMappings, quotaUse, type QuotaUse } from "./store.ts";

type PromptFact = { artifactKnown: boolean; revision: "found" | "unknown" | "altered" };

/** Everything that a replay is decided on, read at one moment. */
export type ReplayFacts = {
  source: RunRow;
  slug: string;
  payload: Json;
  /** Prompt and model that the source itself was replayed with; null for an original. */
  sourceChanges: Changes | null;
  spans: SpanRow[];
  /** The calls of the source that a replay may be answered from. */
  record: CallRecord[];
  workflow: WorkflowRow;
  sourceVersion: VersionRow | null;
  targetVersion: VersionRow | null;
  /** Saved mappings of the two versions that the actor may use, a private one first. */
  savedMappings: { id: string; revision: number; visibility: "private" | "shared"; pairs: MappingPairs }[];
  prompt: PromptFact | null;
  /** Texts of the prompt revisions that the versions pin and the replay asks for, by `revisionKey`. */
  promptTexts: ReadonlyMap<string, string>;
  catalogue: CatalogueEntry[];
  policies: Policies;
  /** Mutation grants of the workflow and of those inside of it, ended ones too, at the moment they were read. */
  grants: MutationGrant[];
  quota: QuotaUse;
  /** Workflows that the target version runs as steps, and the steps whose workflow cannot run. */
  inner: InnerWorkflow[];
  innerRefusals: InnerRefusal[];
  /** The workspace's tools behind the calls of all of these, as they are now. */
  tools: WorkspaceTool[];
};

/**
 * Loads the facts. Throws `not_found` for a run that exists nowhere, `cross_boundary` for another workspace's (only the
 * replay routes may tell), `not_found` for a target version that the workflow does not have.
 */
export async function loadReplayFacts(
  ctx: Ctx,
  db: DbHandle,
  runId: string,
  request: ReplayRequest,
): Promise<ReplayFacts> {
  const workspaceId = ctx.workspace.id;
  const found = await findRun(db, workspaceId, runId);
  if (!found) throw await missingRun(db, runId);
  const source = found.run;
  const ownVersion = source.version === null ? null : findVersion(db, source.workflowId, source.version);
  const body = findRunBody(db, workspaceId, runId);
  const steps = listSpans(db, workspaceId, runId);
  const [
    sourceBody,
    spans,
    record,
    workflow,
    sourceVersion,
    targetVersion,
    ownGrants,
    prompt,
    catalogue,
    policies,
    quota,
  ] = await Promise.all([
    body,
    steps,
    steps.then((rows) => callRecords(db, workspaceId, rows)),
    findWorkflowById(db, workspaceId, source.workflowId),
    ownVersion,
    targetVersionOf(db, source, request, ownVersion),
    selectWorkflowGrants(db, workspaceId, [source.workflowId]),
    body.then((row) => promptFact(db, workspaceId, chooseChanges(request, changesOf(row)).prompt)),
    loadCatalogue(db, workspaceId),
    loadPolicies(db, ctx.workspace),
    quotaUse(db, workspaceId),
  ]);
  if (!workflow) throw notFound("Workflow");
  const pair = { workflowId: source.workflowId, from: source.version ?? 0, to: targetVersion?.version ?? 0 };
  const decided = {
    source,
    spans,
    sourceVersion: sourceVersion?.deletedAt ? null : sourceVersion,
    targetVersion: targetVersion?.deletedAt ? null : targetVersion,
    savedMappings: pair.from === pair.to ? [] : await listMappings(db, workspaceId, pair, memberOf(ctx.actor)),
  };
  const nodeMapping = chooseMapping(decided, request).pairs;
  const { inner, refused } = targetVersion
    ? await loadInnerWorkflows(db, workspaceId, targetVersion, {
        runs: [source],
        nodeNow: (nodeThen) => mappedNodeId(nodeThen, { nodeMapping }),
      })
    : { inner: [], refused: [] };
  const sourceChanges = changesOf(sourceBody);
  const [inside, tools, promptTexts] = await Promise.all([
    innerGrants(db, source, inner),
    toolsBehind(db, workspaceId, targetVersion, inner),
    promptTextsOf(db, workspaceId, definitionsOf(targetVersion, inner), chooseChanges(request, sourceChanges).prompt),
  ]);
  return {
    ...decided,
    slug: found.slug,
    payload: sourceBody?.payload ?? null,
    sourceChanges,
    record,
    workflow,
    prompt,
    promptTexts,
    catalogue,
    policies,
    grants: [...ownGrants, ...inside],
    quota,
    inner,
    innerRefusals: refused,
    tools,
  };
}

/**
 * The quota as it is under the workspace's lock, and the database's time then. Throws as `loadReplayFacts` does for a run
 * that was deleted meanwhile.
 */
export async function lockedFacts(ctx: Ctx, tx: Transaction, runId: string): Promise<{ quota: QuotaUse; at: Date }> {
  const { id } = ctx.workspace;
  const [isThere, quota, at] = await Promise.all([runExists(tx, id, runId), quotaUse(tx, id), databaseTime(tx)]);
  if (!isThere) throw await missingRun(tx, runId);
  return { quota, at };
}

/** Grants of the workflows inside; those of the source's own workflow are known. */
async function innerGrants(db: DbHandle, source: RunRow, inner: readonly InnerWorkflow[]): Promise<MutationGrant[]> {
  const others = inner.map(({ workflowId }) => workflowId).filter((id) => id !== source.workflowId);
  return others.length === 0 ? [] : selectWorkflowGrants(db, source.workspaceId, others);
}

function toolsBehind(db: DbHandle, workspaceId: string, target: VersionRow | null, inner: InnerWorkflow[]) {
  const sources = definitionsOf(target, inner).flatMap((definition) =>
    placedSources(definition).map(({ source }) => source),
  );
  return selectToolsOf(db, workspaceId, sources);
}

function definitionsOf(target: VersionRow | null, inner: InnerWorkflow[]): WorkflowDefinition[] {
  return [...(target ? [target.definition] : []), ...inner.map(({ definition }) => definition)];
}

function promptTextsOf(
  db: DbHandle,
  workspaceId: string,
  definitions: WorkflowDefinition[],
  asked: Changes["prompt"],
): Promise<Map<string, string>> {
  return revisionTexts(db, workspaceId, [...definitions.flatMap(promptRefs), ...(asked ? [asked] : [])]);
}

async function missingRun(db: DbHandle, runId: string): Promise<DomainError> {
  return (await runExistsAnywhere(db, runId))
    ? new DomainError("cross_boundary", "This run belongs to another workspace or account.")
    : notFound("Run");
}

async function targetVersionOf(
  db: DbHandle,
  source: RunRow,
  request: ReplayRequest,
  own: Promise<VersionRow | null> | null,
): Promise<VersionRow | null> {
  const wanted = request.targetVersion ?? source.version;
  if (wanted === null) return null;
  const isOwn = wanted === source.version;
  const version = await (isOwn ? own : findVersion(db, source.workflowId, wanted));
  if (!isOwn && wanted !== "latest" && (!version || version.deletedAt)) throw notFound(`Workflow version ${wanted}`);
  return version;
}

/** What the run itself changed of its version, as it is stored in its plan. */
function changesOf(body: RunBody | null): Changes | null {
  const plan = body?.replayPlan as { overrides?: RunOverrides } | null | undefined;
  if (!plan?.overrides) return null;
  const { prompt, model, nodeIds } = plan.overrides;
  return { prompt, model, nodeIds };
}

async function promptFact(db: DbHandle, workspaceId: string, prompt: Changes["prompt"]): Promise<PromptFact | null> {
  if (!prompt) return null;
  const { artifactId, contentHash } = prompt;
  if (!(await hasPrompt(db, workspaceId, artifactId))) return { artifactKnown: false, revision: "unknown" };
  try {
    const revision = await loadRevision(db, workspaceId, artifactId, contentHash);
    return { artifactKnown: true, revision: revision ? "found" : "unknown" };
  } catch (error) {
    if (error instanceof DomainError && error.code === "prompt_hash_mismatch")
      return { artifactKnown: true, revision: "altered" };
    throw error;
  }
}
