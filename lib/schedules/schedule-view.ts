import type { Schedule } from "#/lib/contract/schedule.ts";
import { nextTimes, shownTimes } from "./cron-times.ts";
import type { ScheduleWithSlug } from "./schedule-store.ts";

/** Row → the contract's schedule; the next times are counted from `now`. Pure. */
export function scheduleView(row: ScheduleWithSlug, now: Date): Schedule {
  const times = row.enabled ? nextTimes(row.cron, row.timeZone, now, shownTimes) : [];
  return {
    id: row.id,
    workflow: { id: row.workflowId, slug: row.slug },
    cron: row.cron,
    timeZone: row.timeZone,
    payload: row.payload ?? null,
    environment: row.environment,
    enabled: row.enabled,
    catchUp: row.catchUp,
    next: times.map((time) => time.toISOString()),
    lastAt: row.lastAt?.toISOString() ?? null,
    lastRun: row.lastRun,
    lastError: row.lastError,
    author: row.author,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
