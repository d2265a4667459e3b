import type { DbHandle, Transaction } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import type { MappingPairs, ReplayRequest } from "#/lib/contract/replay.ts";
import { DomainError, notFound } from "#/lib/core/errors.ts";
import type { CatalogueEntry } from "#/lib/models/catalogue.ts";
import { loadCatalogue } from "#/lib/models/store.ts";
import { selectWorkflowGrants } from "#/lib/policies/grant-store.ts";
import { loadPolicies, type Policies } from "#/lib/policies/load-policies.ts";
import type { MutationGrant } from "#/lib/policies/mutation-grant.ts";
import type { RunOverrides } from "#/lib/runs/overrides.ts";
import type { CallRecord } from "#/lib/runs/recorded-calls.ts";
import { callRecords } from "#/lib/runs/recorded-calls-store.ts";
import { findRun, findRunBody, runExists, runExistsAnywhere, type RunBody, type RunRow } from "#/lib/runs/run-store.ts";
import { listSpans, type SpanRow } from "#/lib/runs/span-store.ts";
import { memberOf, type Ctx } from "#/lib/tenancy/ctx.ts";
import { findVersion, findWorkflowById, type VersionRow, type WorkflowRow } from "#/lib/workflows/version-store.ts";
import type { Changes } from "./choose-changes.ts";
import { databaseTime, listMappings, quotaUse, type QuotaUse } from "./store.ts";

/** What is read at one moment, before anything is chosen: the source, the version that would run, and the workspace. */
export type SourceFacts = {
  source: RunRow;
  slug: string;
  payload: Json;
  /** The prompt and model that the source itself was replayed with; null for an original. */
  sourceChanges: Changes | null;
  spans: SpanRow[];
  /** The calls of the source that a replay may be answered from. */
  record: CallRecord[];
  workflow: WorkflowRow;
  sourceVersion: VersionRow | null;
  targetVersion: VersionRow | null;
  /** Saved mappings of the two versions that the actor may use, a private one first. */
  savedMappings: { id: string; revision: number; visibility: "private" | "shared"; pairs: MappingPairs }[];
  catalogue: CatalogueEntry[];
  policies: Policies;
  quota: QuotaUse;
  /** Mutation grants of the workflow, including ended ones, at the moment they were read. */
  grants: MutationGrant[];
};

/**
 * Loads them. Throws `not_found` for a run that exists nowhere, `cross_boundary` for one in another workspace (only the
 * replay routes may reveal that), `not_found` for a target version that the workflow does not have.
 */
export async function loadSourceFacts(
  ctx: Ctx,
  db: DbHandle,
  runId: string,
  request: Pick<ReplayRequest, "targetVersion">,
): Promise<SourceFacts> {
  const workspaceId = ctx.workspace.id;
  const found = await findRun(db, workspaceId, runId);
  if (!found) throw await missingRun(db, runId);
  const source = found.run;
  const ownVersion = source.version === null ? null : findVersion(db, source.workflowId, source.version);
  const target = targetVersionOf(db, source, request, ownVersion);
  const steps = listSpans(db, workspaceId, runId);
  const [
    body,
    spans,
    record,
    workflow,
    sourceVersion,
    targetVersion,
    savedMappings,
    grants,
    catalogue,
    policies,
    quota,
  ] = await Promise.all([
    findRunBody(db, workspaceId, runId),
    steps,
    steps.then((rows) => callRecords(db, workspaceId, rows)),
    findWorkflowById(db, workspaceId, source.workflowId),
    ownVersion,
    target,
    target.then((version) => mappingsBetween(ctx, db, source, version)),
    selectWorkflowGrants(db, workspaceId, [source.workflowId]),
    loadCatalogue(db, workspaceId),
    loadPolicies(db, ctx.workspace),
    quotaUse(db, workspaceId),
  ]);
  if (!workflow) throw notFound("Workflow");
  return {
    source,
    slug: found.slug,
    payload: body?.payload ?? null,
    sourceChanges: changesOf(body),
    spans,
    record,
    workflow,
    sourceVersion: sourceVersion?.deletedAt ? null : sourceVersion,
    targetVersion: targetVersion?.deletedAt ? null : targetVersion,
    savedMappings,
    catalogue,
    policies,
    grants,
    quota,
  };
}

async function mappingsBetween(ctx: Ctx, db: DbHandle, source: RunRow, target: VersionRow | null) {
  const pair = { workflowId: source.workflowId, from: source.version ?? 0, to: target?.version ?? 0 };
  return pair.from === pair.to ? [] : listMappings(db, ctx.workspace.id, pair, memberOf(ctx.actor));
}

/**
 * The quota as it is under the workspace's lock, and the database's time then. Throws as `loadReplayFacts` does for a
 * run that was deleted meanwhile.
 */
export async function lockedFacts(ctx: Ctx, tx: Transaction, runId: string): Promise<{ quota: QuotaUse; at: Date }> {
  const { id } = ctx.workspace;
  const [isThere, quota, at] = await Promise.all([runExists(tx, id, runId), quotaUse(tx, id), databaseTime(tx)]);
  if (!isThere) throw await missingRun(tx, runId);
  return { quota, at };
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

/** What the run itself changed in its version, as stored in its plan. */
function changesOf(body: RunBody | null): Changes | null {
  const plan = body?.replayPlan as { overrides?: RunOverrides } | null | undefined;
  if (!plan?.overrides) return null;
  const { prompt, model, nodeIds } = plan.overrides;
  return { prompt, model, nodeIds };
}
