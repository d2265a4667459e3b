import type { Page, Schedule } from "#/lib/sdk/client.ts";
import { unknown } from "./format.ts";
import type { Output } from "./output.ts";

/** One page of schedules. */
export function showSchedules(output: Output, { data, hasMore, nextCursor }: Page<Schedule>): void {
  if (output.isJson) return output.json({ data, hasMore, nextCursor });
  output.table(
    [
      { title: "SCHEDULE" },
      { title: "WORKFLOW" },
      { title: "CRON" },
      { title: "TIME ZONE" },
      { title: "NEXT" },
      { title: "LAST RUN" },
    ],
    data.map(({ id, workflow, cron, timeZone, next, lastRun, enabled }) => [
      id,
      workflow.slug,
      cron,
      timeZone,
      enabled ? (next[0] ?? unknown) : "disabled",
      lastRun ?? unknown,
    ]),
  );
  if (hasMore) output.note(`There are more: --cursor ${nextCursor}`);
}

/** One schedule with its next times. */
export function showSchedule(output: Output, schedule: Schedule): void {
  if (output.isJson) return output.json(schedule);
  const { id, workflow, cron, timeZone, environment, enabled, catchUp, next, lastAt, lastRun, lastError } = schedule;
  output.fields([
    ["Schedule", id],
    ["Workflow", workflow.slug],
    ["When", `${cron} (${timeZone})`],
    ["Environment", environment],
    ["Status", enabled ? "enabled" : "disabled"],
    ["Missed ticks", catchUp ? "run once, late" : "are skipped"],
    ["Last tick", lastAt ?? unknown],
    ["Last run", lastError ? `none: ${lastError.message}` : (lastRun ?? unknown)],
    ["Next", next.join(", ") || "never"],
  ]);
}
