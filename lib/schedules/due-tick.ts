/** A tick that is taken later than this was missed: nobody was there to take it. */
const lateAfterMs = 60_000;

/**
 * Whether a schedule's tick that is due makes a run now. One that was missed does only where the schedule catches up; and
 * then once, however many were missed, since the next tick counts from now. Pure.
 */
export function makesRun(tick: Date, now: Date, catchUp: boolean): boolean {
  return catchUp || now.getTime() - tick.getTime() <= lateAfterMs;
}
