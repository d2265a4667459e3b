import type { Schedule } from "#/lib/contract/schedule.ts";
import { notFound } from "#/lib/core/errors.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { sliceOf, type After, type Slice } from "#/lib/tenancy/keyset.ts";
import { authorize } from "#/lib/tenancy/permissions.ts";
import { findSchedule, selectSchedules } from "./schedule-store.ts";
import { scheduleView } from "./schedule-view.ts";

/** One schedule with its next times. Throws `not_found`. */
export async function getSchedule(ctx: Ctx, id: string): Promise<Schedule> {
  authorize(ctx, "schedule:read");
  const found = await findSchedule(ctx.db, ctx.workspace.id, id);
  if (!found) throw notFound("Schedule");
  return scheduleView(found, ctx.clock.now());
}

/** The workspace's schedules, newest first. */
export async function listSchedules(ctx: Ctx, page: { limit: number; after: After | null }): Promise<Slice<Schedule>> {
  authorize(ctx, "schedule:read");
  const rows = await selectSchedules(ctx.db, ctx.workspace.id, page);
  return sliceOf(rows, page.limit, (row) => scheduleView(row, ctx.clock.now()));
}
