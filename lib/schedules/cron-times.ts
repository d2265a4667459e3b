import { Cron } from "croner";

/** Times that are shown. */
export const shownTimes = 5;

/**
 * What is wrong with a cron expression in a time zone, as a field of a request; null when nothing is. Says so too when it
 * names a time that never comes (30 February). Pure but for the time zones that this Node knows.
 */
export function cronFault(
  cron: string,
  timeZone: string,
  after: Date,
): { field: "cron" | "timeZone"; message: string } | null {
  if (!isTimeZone(timeZone)) return { field: "timeZone", message: "is no time zone, such as Europe/Berlin or UTC" };
  const noCron = { field: "cron", message: "expected a cron expression such as 0 9 * * 1-5 or */15 * * * *" } as const;
  if (!shape.test(cron.trim())) return noCron;
  try {
    return nextTimes(cron, timeZone, after, 1).length > 0
      ? null
      : { field: "cron", message: "names a time that never comes" };
  } catch {
    return noCron;
  }
}

/** Five or six fields, or a name. The library also takes a single date, which is no schedule. */
const shape = /^(@[a-z]+|\S+(\s+\S+){4,5})$/i;

/** The next `count` times strictly after a moment, by the clocks of the time zone. Throws for what is no expression. */
export function nextTimes(cron: string, timeZone: string, after: Date, count: number): Date[] {
  return new Cron(cron, { timezone: timeZone, mode: "5-or-6-parts" }).nextRuns(count, after);
}

/** The next time strictly after a moment; null when none comes. */
export function nextTime(cron: string, timeZone: string, after: Date): Date | null {
  return nextTimes(cron, timeZone, after, 1)[0] ?? null;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
