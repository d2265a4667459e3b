import { inTransaction } from "#/db/transaction.ts";
import type { CreateScheduleRequest, Schedule, UpdateScheduleRequest } from "#/lib/contract/schedule.ts";
import { DomainError, invalidField, notFound } from "#/lib/core/errors.ts";
import { newId } from "#/lib/core/ids.ts";
import { recordAudit } from "#/lib/tenancy/audit.ts";
import { actorId, type Ctx } from "#/lib/tenancy/ctx.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { cronFault, nextTime } from "./cron-times.ts";
import { getSchedule } from "./list-schedules.ts";
import {
  countSchedules,
  deleteScheduleRow,
  insertSchedule,
  lockSchedule,
  updateSchedule,
  type NewSchedule,
} from "./schedule-store.ts";

/** Schedules of a workspace, at most. */
const mostSchedules = 1000;

/**
 * Makes a schedule; its first tick is the next time that its expression names. Throws `not_found` for an unknown
 * workflow, `validation_failed` for what is no expression or time zone, `in_use` beyond 1,000 schedules.
 */
export async function createSchedule(ctx: Ctx, request: CreateScheduleRequest): Promise<Schedule> {
  authorize(ctx, "schedule:write");
  const now = ctx.clock.now();
  assertTimes(request, now);
  const { workflow: slug, ...settings } = request;
  const workflow = await loadWorkflow(ctx, slug);
  const id = newId("schedule");
  return inTransaction(ctx.db, async (tx) => {
    if ((await countSchedules(tx, ctx.workspace.id)) >= mostSchedules)
      throw new DomainError("in_use", `A workspace has at most ${mostSchedules} schedules.`);
    await insertSchedule(tx, {
      id,
      workspaceId: ctx.workspace.id,
      workflowId: workflow.id,
      ...settings,
      nextAt: nextTick(settings, now),
      author: actorId(ctx.actor),
    });
    const { cron, timeZone, enabled } = settings;
    await recordAudit(ctx, tx, { action: "schedule.created", target: id, details: { slug, cron, timeZone, enabled } });
    return getSchedule({ ...ctx, db: tx }, id);
  });
}

/**
 * Changes what is named. The next tick counts from now where the times change or it is enabled: what was missed while it
 * was disabled is not caught up. Throws `not_found` and `validation_failed`.
 */
export async function changeSchedule(ctx: Ctx, id: string, request: UpdateScheduleRequest): Promise<Schedule> {
  authorize(ctx, "schedule:write");
  return inTransaction(ctx.db, async (tx) => {
    const row = await lockSchedule(tx, ctx.workspace.id, id);
    if (!row) throw notFound("Schedule");
    const now = ctx.clock.now();
    const settings = { ...row, ...request };
    assertTimes(settings, now);
    const isMoved = (["cron", "timeZone", "enabled"] as const).some((name) => settings[name] !== row[name]);
    await updateSchedule(tx, ctx.workspace.id, id, {
      ...request,
      ...(isMoved ? { nextAt: nextTick(settings, now), lastError: null } : {}),
      updatedAt: now,
    });
    const { payload: _, ...details } = request;
    await recordAudit(ctx, tx, { action: "schedule.changed", target: id, details });
    return getSchedule({ ...ctx, db: tx }, id);
  });
}

/** Runs that it made stay. Throws `not_found`. */
export async function deleteSchedule(ctx: Ctx, id: string): Promise<void> {
  authorize(ctx, "schedule:write");
  await inTransaction(ctx.db, async (tx) => {
    if (!(await deleteScheduleRow(tx, ctx.workspace.id, id))) throw notFound("Schedule");
    await recordAudit(ctx, tx, { action: "schedule.deleted", target: id });
  });
}

function assertTimes({ cron, timeZone }: { cron: string; timeZone: string }, now: Date): void {
  const fault = cronFault(cron, timeZone, now);
  if (fault) throw invalidField(`body.${fault.field}`, fault.message);
}

function nextTick(settings: { cron: string; timeZone: string; enabled: boolean }, now: Date): NewSchedule["nextAt"] {
  return settings.enabled ? nextTime(settings.cron, settings.timeZone, now) : null;
}
