import type { Transaction } from "#/db/client.ts";
import type { Json, JsonObject } from "#/lib/contract/json.ts";
import type { RunAccepted } from "#/lib/contract/run.ts";
import type { ReplayMode, TriggerKind } from "#/lib/contract/status.ts";
import { newId } from "#/lib/core/ids.ts";
import { announceRun } from "#/lib/queue/notify.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { admit } from "./admission-store.ts";
import { queuedState } from "./queued-state.ts";
import { insertRun, type NewRun, type RunRow } from "./run-store.ts";

/** What a run takes from its version's definition. */
type Limits = Pick<WorkflowDefinition, "maxDurationMs">;

export type RunSpec = {
  /** Given where something else names the run in the same round trip. */
  id?: string;
  workflow: { id: string; slug: string };
  /** `id` null = not pushed yet: the run waits for it. */
  version: { id: string | null; version: number; definition?: Limits };
  payload: Json;
  trigger: TriggerKind;
  /** The schedule whose tick it is. */
  schedule?: string;
  environment: string;
  tags?: string[];
  metadata?: JsonObject | null;
  priority?: number;
  /** The limit of this run; without one, its version's applies. */
  maxDurationMs?: number | null;
  /** The hard stop of a replay; it covers the replay and all runs inside it together. */
  maxCostMicros?: number | null;
  startAt?: Date | null;
  ttlMs?: number | null;
  concurrencyKey?: string | null;
  /** The step that this run executes, and whether its effects are gated like those of the run around it. */
  parent?: { runId: string; spanId: string; nesting: number; gated: boolean };
  /** What a run inside a replay inherits from it. */
  overrides?: JsonObject;
  /** Database time at which a replay counts against the quota; by default the transaction's own time. */
  createdAt?: Date;
  replay?: {
    of: string;
    rootRun: string;
    depth: number;
    mode: ReplayMode;
    fromNodeId: string | null;
    attempt: number;
    batchId: string | null;
    request: JsonObject;
    plan: JsonObject;
    policy: JsonObject;
  };
};

/**
 * The only way to create a run: inserts it as pending (queued, delayed or waiting for its version) and admits it when
 * its workspace has room. All of it happens in the caller's transaction, so that an accepted run is never without a
 * job. The caller holds the workspace's lock.
 */
export async function createRun(ctx: Ctx, tx: Transaction, spec: RunSpec): Promise<RunRow> {
  const id = spec.id ?? newId("run");
  return insertRun(
    tx,
    { ...newRow(ctx, id, spec), ...lineage(id, spec) },
    {
      payload: spec.payload,
      replayRequest: spec.replay?.request,
      replayPlan: spec.overrides ? { ...spec.replay?.plan, overrides: spec.overrides } : spec.replay?.plan,
      policySnapshot: spec.replay?.policy,
    },
  );
}

function newRow(ctx: Ctx, id: string, spec: RunSpec) {
  const startAt = spec.startAt ?? null;
  const ttlMs = spec.ttlMs ?? null;
  return {
    id,
    workspaceId: ctx.workspace.id,
    workflowId: spec.workflow.id,
    versionId: spec.version.id,
    version: spec.version.version,
    status: "pending",
    ...queuedState({ versionId: spec.version.id, startAt, ttlMs, startedAt: null, expiresAt: null }, ctx.clock.now()),
    startAt,
    ttlMs,
    concurrencyKey: spec.concurrencyKey ?? null,
    parentRun: spec.parent?.runId ?? null,
    parentSpan: spec.parent?.spanId ?? null,
    nesting: spec.parent?.nesting ?? 0,
    gated: spec.replay !== undefined || spec.parent?.gated === true,
    triggerKind: spec.trigger,
    triggerActor: actorId(ctx.actor),
    scheduleId: spec.schedule ?? null,
    environment: spec.environment,
    tags: spec.tags ?? [],
    metadata: spec.metadata ?? null,
    priority: spec.priority ?? 0,
    maxDurationMs: maxDurationOf(spec.maxDurationMs, spec.version.definition),
    maxCostMicros: spec.maxCostMicros ?? null,
    ...(spec.createdAt ? { createdAt: spec.createdAt } : {}),
  } satisfies Partial<NewRun>;
}

/** How long a run may take: its own limit, else its version's (undefined = not pushed yet); null = no limit. */
export function maxDurationOf(given: number | null | undefined, definition: Limits | undefined): number | null {
  return given ?? definition?.maxDurationMs ?? null;
}

function lineage(id: string, { replay }: RunSpec) {
  if (!replay) return { rootRun: id };
  return {
    replayOf: replay.of,
    rootRun: replay.rootRun,
    depth: replay.depth,
    mode: replay.mode,
    fromNodeId: replay.fromNodeId,
    attempt: replay.attempt,
    batchId: replay.batchId,
  };
}

/**
 * Gives new runs (and others that wait) slots, in the same transaction. Call it last, when all rows are written.
 */
export async function enqueueRuns(ctx: Ctx, tx: Transaction, rows: readonly RunRow[]): Promise<void> {
  await admit(tx, [ctx.workspace.id]);
  for (const row of rows) announceRun(row.id);
}

/** What a client is told about a run that was just accepted. */
export function acceptedView(ctx: Ctx, row: RunRow, slug: string): RunAccepted {
  return {
    id: row.id,
    status: row.status,
    statusReason: row.statusReason,
    workflow: { id: row.workflowId, slug },
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    url: runUrl(ctx.workspace.slug, row.id),
  };
}

/** Path of a run's trace viewer. */
export function runUrl(workspaceSlug: string, runId: string): string {
  return `/${workspaceSlug}/ai/runs/${runId}`;
}
