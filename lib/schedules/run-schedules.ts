import { database, type Transaction } from "#/db/client.ts";
import type { StepError } from "#/lib/contract/run.ts";
import { systemClock } from "#/lib/core/clock.ts";
import { DomainError } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { acceptRuns, judgeTrigger, type JudgedTrigger } from "#/lib/runs/trigger-run.ts";
import { WorkspaceTurns } from "#/lib/runs/workspace-turns.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { selectWorkspace } from "#/lib/tenancy/workspace-store.ts";
import { nextTime } from "./cron-times.ts";
import { makesRun } from "./due-tick.ts";
import { dueSchedules, findSchedule, lockSchedule, updateSchedule, type ScheduleWithSlug } from "./schedule-store.ts";

const perTurn = 200;
const turns = new WorkspaceTurns();

/**
 * Makes the runs whose time has come. Called over and over by one process at a time; two at once make no run twice, since
 * a tick is taken in the transaction that makes its run, under the schedule's lock.
 */
export async function runSchedules(): Promise<void> {
  await turns.attend(await dueSchedules(database(), perTurn, turns.busy), takeTick);
}

async function takeTick({ id, workspaceId }: { id: string; workspaceId: string }): Promise<void> {
  const [found, workspace] = await Promise.all([
    findSchedule(database(), workspaceId, id),
    selectWorkspace(database(), workspaceId),
  ]);
  const { nextAt: tick = null } = found ?? {};
  if (!found || !workspace || tick === null) return;
  // The schedule is the workspace's: it goes on when whoever made it has left.
  const actor = { kind: "system", name: `schedule ${id}` } as const;
  const ctx: Ctx = { actor, workspace, db: database(), clock: systemClock, requestId: newId("request") };
  const judged = makesRun(tick, systemClock.now(), found.catchUp) ? await judge(ctx, found) : null;
  await database().transaction(async (tx) => {
    await lockWorkspace(tx, workspaceId);
    const row = await lockSchedule(tx, workspaceId, id);
    // Somebody else took it, or it was changed meanwhile.
    if (row?.nextAt?.getTime() !== tick.getTime()) return;
    await updateSchedule(tx, workspaceId, id, {
      nextAt: nextTime(row.cron, row.timeZone, systemClock.now()),
      ...(await outcomeOf({ ...ctx, db: tx }, tx, { id, slug: found.slug, tick, judged })),
    });
  });
}

type Tick = { id: string; slug: string; tick: Date; judged: JudgedTrigger | StepError | null };

/** What the schedule notes about its tick: the run that it made, why it made none, or nothing where it was skipped. */
async function outcomeOf(ctx: Ctx, tx: Transaction, { id, slug, tick, judged }: Tick) {
  if (judged === null) return {};
  if ("code" in judged) return { lastAt: tick, lastRun: null, lastError: judged };
  const [run] = await acceptRuns({ ...ctx, db: tx }, slug, "schedule", [{ ...judged, schedule: id }]);
  return { lastAt: tick, lastRun: run?.id ?? null, lastError: null };
}

/** What the run would be made from, or why there can be none now: a paused workflow, a payload that fits no more. */
async function judge(ctx: Ctx, schedule: ScheduleWithSlug): Promise<JudgedTrigger | StepError> {
  try {
    const { payload, environment, slug } = schedule;
    return await judgeTrigger(ctx, slug, { payload: payload ?? null, environment });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { code: error.code, message: error.message };
  }
}
