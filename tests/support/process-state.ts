import { metrics } from "#/lib/core/metrics.ts";
import "#/db/client.ts";
import "#/lib/api/open-streams.ts";
import "#/lib/runs/live.ts";
import "#/lib/tools/asking-limit.ts";

/** What the application keeps on globalThis; a module holds its own by reference, so it is emptied and not replaced. */
type Kept = {
  reprisePools: Record<string, unknown>;
  repriseStreams: { ends: Set<() => void>; draining: boolean };
  repriseLiveHub: { listeners: Map<string, unknown>; started: unknown; pool: unknown };
  repriseAsking: Map<string, number>;
};
const kept = globalThis as unknown as Kept & { repriseClock?: unknown; repriseBoss?: unknown };

/**
 * For each name on globalThis, how it becomes what it is in a new process. A name that is missing here fails the
 * test of the architecture: what one test file leaves there, the next one in its process would find.
 */
export const resets: Record<string, () => void> = {
  /** Once its pools are ended: how many connections, with which settings, and each workspace's share of them. */
  reprisePools: () => {
    for (const name of Object.keys(kept.reprisePools)) delete kept.reprisePools[name];
  },
  /** Once it is stopped. */
  repriseBoss: () => {
    delete kept.repriseBoss;
  },
  /** A process that drains is not ready, and ends each new stream at once. */
  repriseStreams: () => {
    kept.repriseStreams.ends.clear();
    kept.repriseStreams.draining = false;
  },
  repriseLiveHub: () => {
    kept.repriseLiveHub.listeners.clear();
    kept.repriseLiveHub.started = kept.repriseLiveHub.pool = null;
  },
  repriseAsking: () => kept.repriseAsking.clear(),
  repriseClock: () => {
    delete kept.repriseClock;
  },
  repriseMetrics: () => metrics.resetMetrics(),
  /** They hold nothing outside of a call. */
  repriseActions: () => {},
  repriseLogContext: () => {},
};
