/**
 * How a run stays with the worker that claimed it, and when it moves to another. The holder sends heartbeats for its
 * job; a job without one goes back to the queue. Until then a holder may still believe that it holds the run.
 */
export const lease = {
  /** The time between two heartbeats of a holder. */
  beatMs: 3_000,
  /** After this long without a heartbeat, a job goes back to the queue. This is pg-boss's minimum. */
  expiresAfterMs: 10_000,
  /** How many holders may be lost (dead or silent) before the run ends as crashed: the run itself may kill them. */
  holders: 3,
  /** How often a supervisor looks for jobs whose lease has expired. */
  supervisedEveryMs: 1_000,
  /** How often it checks one queue. */
  monitoredEveryMs: 2_000,
  /**
   * For this long after a holder last saw that it holds the run, nobody else can hold it: shorter than a lease, by more
   * than one heartbeat.
   */
  certainForMs: 5_000,
  /** How long a leader leads without renewing it. */
  leaderMs: 6_000,
  /** How often a leader renews, and others ask. */
  leaderBeatMs: 1_500,
} as const;
