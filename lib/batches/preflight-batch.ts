import type { BatchPreflight, BatchRequest } from "#/lib/contract/batch.ts";
import type { ErrorCode } from "#/lib/contract/problem.ts";
import type { GuardVerdict, Preflight, ReplayRequest } from "#/lib/contract/replay.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { RestingTurns } from "#/lib/core/resting-turns.ts";
import { forecast } from "#/lib/replay/forecast.ts";
import { previewReplay } from "#/lib/replay/preview-replay.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { paceUse, runningBatches } from "./batch-store.ts";
import { chooseRuns } from "./choose-runs.ts";
import { assertOnePayload } from "./create-batch.ts";
import { etaOf } from "./get-batch.ts";

/**
 * Runs of a workspace that are judged at the same time, however many requests ask: each takes a dozen statements, and the
 * processor as long as its version and its source are.
 */
const judging = new RestingTurns(4);
const shownRuns = 10;

/** What is known of one run of a batch; only what blocks or warns. */
type Judged = {
  runId: string;
  block: GuardVerdict | null;
  warnings: GuardVerdict[];
  forecast: Preflight["forecast"] | null;
  calls: { live: number; dryRun: number };
};

/**
 * What a batch of this request would run into and do, by the same code as the preflight of each run. Changes nothing.
 * Throws as `createBatch` does.
 */
export async function preflightBatch(ctx: Ctx, request: BatchRequest): Promise<BatchPreflight> {
  authorize(ctx, "replay:preflight");
  const chosen = await chooseRuns(ctx, request);
  assertOnePayload(request, chosen);
  const [judged, waiting, pace] = await Promise.all([
    Promise.all(chosen.ids.map((id) => judging.take(ctx.workspace.id, () => judge(ctx, id, request.request ?? {})))),
    runningBatches(ctx.db, ctx.workspace.id),
    paceUse(ctx.db, ctx.workspace.id),
  ]);
  return { ...summaryOf(judged), etaSeconds: etaOf(null, chosen.ids.length, waiting, pace) };
}

async function judge(ctx: Ctx, runId: string, request: ReplayRequest): Promise<Judged> {
  try {
    const { facts, plan, verdicts } = await previewReplay(ctx, runId, request);
    // A batch waits for the quota.
    const said = verdicts.filter(({ code }) => code !== "replay_quota_exceeded");
    const mutating = plan.calls.filter((call) => call.mutating);
    const live = mutating.filter((call) => call.verdict === "live").length;
    return {
      runId,
      block: said.find(({ level }) => level === "block") ?? null,
      warnings: said.filter(({ level }) => level === "warn"),
      forecast: forecast(facts, plan, ctx.clock.now()),
      calls: { live, dryRun: mutating.length - live },
    };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const block = { code: error.code, level: "block", message: error.message, details: {} } as const;
    return { runId, block, warnings: [], forecast: null, calls: { live: 0, dryRun: 0 } };
  }
}

/** Counts by code, sums of what can be replayed. Pure. */
function summaryOf(judged: readonly Judged[]): Omit<BatchPreflight, "etaSeconds"> {
  const replayable = judged.filter(({ block }) => block === null);
  const said = judged.flatMap(({ runId, block, warnings }) =>
    (block ? [block] : warnings).map((verdict) => ({ runId, ...verdict })),
  );
  const byCode = Map.groupBy(said, ({ level, code }) => `${level} ${code}`);
  return {
    total: judged.length,
    replayable: replayable.length,
    verdicts: [...byCode.values()].map((group) => countOf(group)).sort((a, b) => b.count - a.count),
    forecast: {
      inputTokens: sumOf(replayable, "inputTokens"),
      outputTokens: sumOf(replayable, "outputTokens"),
      costMicros: sumOf(replayable, "costMicros"),
    },
    calls: {
      live: replayable.reduce((sum, { calls }) => sum + calls.live, 0),
      dryRun: replayable.reduce((sum, { calls }) => sum + calls.dryRun, 0),
    },
  };
}

function countOf(group: { runId: string; code: ErrorCode; level: GuardVerdict["level"]; message: string }[]) {
  const [first] = group;
  if (!first) throw new Error("an empty group of verdicts");
  const runIds = [...new Set(group.map(({ runId }) => runId))];
  const { code, level, message } = first;
  return { code, level, message, count: runIds.length, runIds: runIds.slice(0, shownRuns) };
}

function sumOf(judged: readonly Judged[], field: keyof Preflight["forecast"]): { low: number; high: number } | null {
  const ranges = judged.map((one) => one.forecast?.[field] ?? null);
  if (ranges.includes(null)) return null;
  return ranges.reduce<{ low: number; high: number }>(
    (sum, range) => ({ low: sum.low + (range?.low ?? 0), high: sum.high + (range?.high ?? 0) }),
    { low: 0, high: 0 },
  );
}
