import { defaultBatchPace } from "#/lib/contract/replay.ts";
import type { RunStatus } from "#/lib/contract/status.ts";
import { lease } from "#/lib/queue/lease.ts";
import { mayChange } from "#/lib/runs/lifecycle.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { checkBatches, checkPace } from "./batch-invariants.ts";
import type { Load } from "./load.ts";
import type { Observer } from "./observer.ts";
import type { ChaosWorkspace, Stage } from "./stage.ts";
import type { Tally, Violations } from "./violations.ts";
import { allowedCalls } from "./workloads.ts";

type RunFacts = {
  id: string;
  workspace: string;
  status: RunStatus;
  reason: string | null;
  code: string | null;
  rev: number;
  nested: boolean;
  /** A replay that a batch made: what promised it is checked with the batches. */
  batched: boolean;
  gated: boolean;
  slug: string;
  /** Workers that held it by one job, at most. */
  holders: number;
};
type Parts = { stage: Stage; observer: Observer; load: Load; violations: Violations; outcomes: Tally };

/** Every promise of the engine, checked on what the database and the order service have written down. */
export async function checkInvariants(parts: Parts): Promise<void> {
  const runs = await parts.observer.ask<RunFacts>(
    (
      sql,
    ) => sql`select r.id, r.workspace_id as workspace, r.status, r.status_reason as reason, r.error->>'code' as code, r.rev,
      r.parent_run is not null as nested, r.batch_id is not null as batched, r.gated, w.slug,
      (select coalesce(max(retry_count), 0) from pgboss.job where name = 'runs' and data->>'runId' = r.id) + 1 as holders
      from runs r join workflows w on w.id = r.workflow_id order by r.id`,
  );
  for (const run of runs) parts.outcomes.add([run.status, run.reason, run.code].filter(Boolean).join(" "));
  nothingLost(runs, parts);
  onlyExpectedEnds(runs, parts);
  await nothingLeftOver(parts);
  await onlyLegalChanges(parts);
  await finishedStepsOnce(parts);
  mutatingCallsOnce(runs, parts);
  await wholeHistories(runs, parts);
  await checkBatches(parts.load.batches, parts.observer, parts.violations);
  await checkPace(parts.stage.workspaces, defaultBatchPace, parts.observer, parts.violations);
}

/** Each accepted id is a run that has ended, and no submit made two. */
function nothingLost(runs: RunFacts[], { load, violations }: Parts): void {
  const stored = new Map(runs.map((run) => [run.id, run]));
  for (const { id } of load.accepted.values()) {
    const run = stored.get(id);
    if (!run) violations.add("accepted_run_lost", id);
  }
  for (const run of runs) {
    if (!["completed", "failed", "cancelled"].includes(run.status))
      violations.add("run_not_final", `${run.id} ${run.slug} ${run.status} ${run.reason}`);
    if (!run.nested && !run.batched && !load.accepted.has(run.id))
      violations.add("run_that_nobody_was_promised", run.id);
  }
}

const outsideFaults = /^(provider_|tool_|timed_out|output_invalid|unknown_outcome)/;

/**
 * A run may fail by what the world did to it, or because nobody can know; by what happened to our processes only when it
 * happened to each of its holders, or to a run inside of it.
 */
function onlyExpectedEnds(runs: RunFacts[], { load, violations }: Parts): void {
  for (const { id, slug, status, reason, code, nested, holders } of runs) {
    const explained =
      status !== "failed" ||
      (reason === "crashed" && holders >= lease.holders) ||
      (reason === "error" && code !== null && (outsideFaults.test(code) || ["cancelled", "crashed"].includes(code)));
    if (!explained) violations.add("unexplained_failure", `${id} ${slug} ${reason} ${code}`);
    if (status === "cancelled" && !nested && !load.cancelled.has(id)) violations.add("cancelled_by_nobody", id);
  }
}

/** No slot, no job, no open step is left behind. */
async function nothingLeftOver({ observer, violations }: Parts): Promise<void> {
  const held = await observer.ask<{ id: string }>(
    (sql) => sql`select id from runs where admitted_at is not null or owner is not null`,
  );
  for (const { id } of held) violations.add("slot_leaked", id);
  const spans = await observer.ask<{ id: string; key: string }>(
    (sql) => sql`select s.run_id as id, s.key from spans s join runs r on r.id = s.run_id
      where s.status in ('running', 'waiting') and r.finished_at is not null`,
  );
  for (const { id, key } of spans) violations.add("step_left_open", `${id} ${key}`);
}

/** What the database noted of every change of status, in the transaction that made it. */
async function onlyLegalChanges({ observer, violations }: Parts): Promise<void> {
  const changes = await observer.ask<{ id: string; was: RunStatus; became: RunStatus }>(
    (sql) => sql`select run_id as id, was, became from chaos_status_changes order by n`,
  );
  for (const { id, was, became } of changes)
    if (!mayChange(was, became)) violations.add("illegal_transition", `${id} ${was} → ${became}`);
}

/** A finished step is neither written again nor executed again. */
async function finishedStepsOnce({ stage, observer, violations }: Parts): Promise<void> {
  const rewritten = await observer.ask<{ id: string; key: string; was: string; became: string }>(
    (sql) => sql`select run_id as id, key, was, became from chaos_rewritten_spans order by n`,
  );
  for (const { id, key, was, became } of rewritten)
    violations.add("finished_step_rewritten", `${id} ${key} ${was} → ${became}`);
  for (const { run, key, at } of stage.orders.log) {
    const finishedAt = observer.finishedSteps.get(`${run} ${key}`);
    if (finishedAt !== undefined && at > finishedAt) violations.add("finished_step_executed_again", `${run} ${key}`);
  }
}

/** By the order service's own record: each mutating call at most once, in a replay not at all. */
function mutatingCallsOnce(runs: RunFacts[], { stage, violations }: Parts): void {
  const gated = new Set(runs.filter((run) => run.gated).map((run) => run.id));
  const calls = stage.orders.log.filter((request) => request.method === "POST");
  const byKey = Map.groupBy(calls, (request) => request.idempotencyKey ?? "");
  for (const [key, requests] of byKey)
    if (key === "" || requests.length > 1) violations.add("mutating_call_repeated", `${key} ×${requests.length}`);
  for (const [step, requests] of Map.groupBy(calls, ({ run, key }) => `${run} ${key}`))
    if (requests.length > allowedCalls(requests[0]?.key ?? ""))
      violations.add("mutating_step_repeated", `${step} ×${requests.length}`);
  for (const { run, key } of calls) if (gated.has(run)) violations.add("replay_mutated", `${run} ${key}`);
}

const statusAfter: Record<string, RunStatus> = {
  "run.created": "pending",
  "run.queued": "pending",
  "run.started": "running",
  "run.resumed": "running",
  "run.waiting": "waiting",
  "run.paused": "paused",
  "run.completed": "completed",
  "run.failed": "failed",
  "run.cancelled": "cancelled",
};

/** Events are numbered from 1 to the run's counter, each once, and tell of legal changes only. */
async function wholeHistories(runs: RunFacts[], { stage, violations }: Parts): Promise<void> {
  const ctxOf = (id: string) => (stage.workspaces.find((workspace) => workspace.id === id) as ChaosWorkspace).system;
  for (const run of runs) {
    const { data } = await readEvents(ctxOf(run.workspace), run.id, 0);
    const whole = data.length === run.rev && data.every((event, index) => event.seq === index + 1);
    if (!whole)
      violations.add("event_gap", `${run.id} has 1…${run.rev}, its events ${data.map((event) => event.seq).join(" ")}`);
    let at: RunStatus | null = null;
    for (const { type } of data.filter((event) => event.type.startsWith("run."))) {
      const next: RunStatus | undefined = statusAfter[type];
      if (next === undefined) violations.add("unknown_event", `${run.id} ${type}`);
      else if (at === null ? type !== "run.created" : !mayChange(at, next))
        violations.add("illegal_event", `${run.id} ${at} → ${type}`);
      at = next ?? at;
    }
    if (at !== run.status) violations.add("last_event_is_not_the_status", `${run.id} ${at} ${run.status}`);
  }
}
