/** Time as the installation counts it. Limits that must be exact use the database's own clock. */
export type Clock = { now(): Date };

type Reading = { databaseMs: number; atMs: number };
/** On globalThis: in Next, pages, routes and instrumentation are separate module instances. */
const shared = globalThis as { repriseClock?: Reading };

/**
 * The current time by the database's clock once that has been read (`db/clock.ts`), and by this machine's own until
 * then. What one process writes, another compares with its own time: a timer, a deadline, a TTL must mean the same
 * moment to all.
 */
export function now(): Date {
  const read = shared.repriseClock;
  return read ? new Date(read.databaseMs + performance.now() - read.atMs) : new Date();
}

/** Notes that the database's clock showed `databaseMs` (epoch) when this process's monotonic one showed `atMs`. */
export function agreeOn(databaseMs: number, atMs: number): void {
  shared.repriseClock = { databaseMs, atMs };
}

/** Whether the database's clock has been read. */
export function hasAgreed(): boolean {
  return shared.repriseClock !== undefined;
}

export const systemClock: Clock = { now };
