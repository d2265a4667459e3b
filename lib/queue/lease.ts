/**
 * How a run stays with the worker that claimed it, and when it goes to another. The holder beats for its job; a job without
 * a beat goes back to the queue. In between lies the time in which a holder may still believe that it holds the run.
 */
export const lease = {
  /** The time between two beats of a holder. */
  beatMs: 3_000,
  /** After this long without a beat, a job goes back to the queue. This is pg-boss's minimum. */
  expiresAfterMs: 10_000,
  /** How many holders may be lost (dead, or without a beat) before the run ends as crashed: the run itself may kill them. */
  holders: 3,
  /** How often a supervisor looks for jobs whose lease has run out. */
  supervisedEveryMs: 1_000,
  /** How often it checks one queue. */
  monitoredEveryMs: 2_000,
  /**
   * For so long after a holder last saw that it holds the run, nobody else can: less than what a lease lasts, by more than
   * a beat.
   */
  certainForMs: 5_000,
} as const;
