import { noEffects, type DifferingCall, type Run, type RunSummary } from "#/lib/contract/run.ts";
import { runUrl } from "./create-run.ts";
import type { RunBody, RunWithSlug } from "./run-store.ts";

/** Row → the contract's run without bodies. */
export function runSummary(workspaceSlug: string, { run, slug, steps }: RunWithSlug): RunSummary {
  return {
    id: run.id,
    workflow: { id: run.workflowId, slug },
    version: run.version,
    status: run.status,
    statusReason: run.statusReason,
    mode: run.mode,
    replayOf: run.replayOf,
    rootRun: run.rootRun,
    depth: run.depth,
    fromNodeId: run.fromNodeId,
    batch: run.batchId,
    schedule: run.scheduleId,
    attempt: run.attempt,
    trigger: { kind: run.triggerKind, actor: run.triggerActor },
    environment: run.environment,
    tags: run.tags,
    metadata: run.metadata,
    error: run.error,
    createdAt: run.createdAt.toISOString(),
    startAt: run.startAt?.toISOString() ?? null,
    dequeuedAt: run.dequeuedAt?.toISOString() ?? null,
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    durationMs: run.startedAt && run.finishedAt ? run.finishedAt.getTime() - run.startedAt.getTime() : null,
    steps,
    usage: {
      inputTokens: run.inputTokens,
      outputTokens: run.outputTokens,
      cacheReadTokens: run.cacheReadTokens,
      cacheWriteTokens: run.cacheWriteTokens,
      reasoningTokens: run.reasoningTokens,
    },
    costMicros: run.costMicros,
    models: run.models,
    prompts: run.prompts,
    effects: { ...noEffects, ...run.effects },
    url: runUrl(workspaceSlug, run.id),
  };
}

/** Row, bodies and the calls that differ from the original's → the contract's run. */
export function runView(
  workspaceSlug: string,
  row: RunWithSlug,
  body: RunBody | null,
  differingCalls: DifferingCall[],
): Run {
  return {
    ...runSummary(workspaceSlug, row),
    payload: body?.payload ?? null,
    output: body?.output ?? null,
    differingCalls,
  };
}
