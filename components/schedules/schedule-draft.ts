import type { Json } from "#/lib/contract/json.ts";
import type { Schedule } from "#/lib/contract/schedule.ts";
import { cronFault } from "#/lib/schedules/cron-times.ts";

/** What is typed into the dialog of a schedule. */
export type ScheduleDraft = {
  /** Its slug; "" = none chosen yet. */
  readonly workflow: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly environment: string;
  /** JSON text; null = as it is, or as the workflow's input suggests. */
  readonly payload: string | null;
  readonly catchUp: boolean;
  readonly enabled: boolean;
};

/** Expressions to start from. */
export const presets = [
  { label: "Hourly", cron: "0 * * * *" },
  { label: "Daily", cron: "0 9 * * *" },
  { label: "Weekdays", cron: "0 9 * * 1-5" },
  { label: "Weekly", cron: "0 9 * * 1" },
  { label: "Monthly", cron: "0 9 1 * *" },
] as const;

export function emptyDraft(timeZone: string, workflow: string): ScheduleDraft {
  return { workflow, cron: "", timeZone, environment: "production", payload: null, catchUp: false, enabled: true };
}

export function draftOf(schedule: Schedule): ScheduleDraft {
  const { cron, timeZone, environment, catchUp, enabled } = schedule;
  return { workflow: schedule.workflow.slug, cron, timeZone, environment, payload: null, catchUp, enabled };
}

/** What is wrong with the times, by field, as a sentence; null = nothing, or nothing is typed yet. Pure. */
export function timesFault(
  { cron, timeZone }: Pick<ScheduleDraft, "cron" | "timeZone">,
  now: Date,
): { field: "cron" | "timeZone"; message: string } | null {
  if (cron.trim() === "") return null;
  const fault = cronFault(cron, timeZone, now);
  return fault && { ...fault, message: `${fault.message.charAt(0).toUpperCase()}${fault.message.slice(1)}` };
}

/** More characters are not put into a field: the page would freeze on each key. */
const mostText = 200_000;

/** A payload as text to start typing from; null where it is too large for that. Pure. */
export function payloadText(payload: Json): string | null {
  const text = JSON.stringify(payload, null, 2);
  return text.length > mostText ? null : text;
}
