import { isStepKind } from "#/lib/contract/status.ts";
import { counter, histogram } from "#/lib/core/metrics.ts";
import { isEnded, type SpanRecord } from "./span-record.ts";

const stepSeconds = histogram({
  name: "reprise_step_duration_seconds",
  help: "From the start to the end of a step, by the type of its node",
  labels: ["kind", "status"],
  buckets: [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 1800],
});

const commitSeconds = histogram({
  name: "reprise_engine_commit_seconds",
  help: "Writing spans, from their being ready to their commit",
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
});

const providerErrors = counter({
  name: "reprise_provider_errors_total",
  help: "Attempts of model calls that failed, by provider and error code",
  labels: ["provider", "code"],
});

const heldCalls = counter({
  name: "reprise_provider_calls_held_total",
  help: "Model calls that were put off because their provider is down, by provider",
  labels: ["provider"],
});

const settledRuns = counter({
  name: "reprise_runs_settled_total",
  help: "Runs that this process let go, by outcome",
  labels: ["outcome"],
});

export function observeCommit(ms: number): void {
  commitSeconds.observe(ms / 1000);
}

/** Counts a step when its end is written. */
export function observeSpan({ kind, status, startedAt, finishedAt }: SpanRecord): void {
  if (!isEnded(status) || !isStepKind(kind) || finishedAt === null) return;
  stepSeconds.observe({ kind, status }, Math.max(0, finishedAt.getTime() - startedAt.getTime()) / 1000);
}

export function countProviderError(provider: string, code: string): void {
  providerErrors.inc({ provider, code });
}

export function countHeldCall(provider: string): void {
  heldCalls.inc({ provider });
}

export function countSettled(outcome: string): void {
  settledRuns.inc({ outcome });
}
