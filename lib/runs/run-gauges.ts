import { database } from "#/db/client.ts";
import { gauge } from "#/lib/core/metrics.ts";
import { countOpenCircuits } from "#/lib/models/circuit-store.ts";
import { openJobs } from "#/lib/queue/boss.ts";
import { countOpenRuns, oldestQueuedSeconds } from "./gauge-store.ts";

const openRuns = gauge({
  name: "reprise_open_runs",
  help: "Runs that have not ended, in the whole installation, by status and reason",
  labels: ["status", "reason"],
});
const jobs = gauge({
  name: "reprise_queue_jobs",
  help: "Jobs of admitted runs, in the whole installation, by queue and state",
  labels: ["queue", "state"],
});
const oldest = gauge({
  name: "reprise_queue_oldest_seconds",
  help: "How long the oldest queued run has been waiting for a slot",
});
const downProviders = gauge({
  name: "reprise_providers_down",
  help: "For how many workspaces a provider is down, in the whole installation, by provider",
  labels: ["provider"],
});
const databaseUp = gauge({ name: "reprise_database_up", help: "1 when the database answered this scrape, else 0" });

const patienceMs = 3000;
let refreshing: Promise<void> | null = null;

/**
 * Reads what only the database knows. Every process reports the same values: take their maximum, not their sum. Never
 * throws: an unreachable database is a value too.
 */
export function refreshRunGauges(): Promise<void> {
  refreshing ??= Promise.race([refresh(), late()])
    .then(
      () => databaseUp.set(1),
      () => databaseUp.set(0),
    )
    .finally(() => {
      refreshing = null;
    });
  return refreshing;
}

function late(): Promise<never> {
  return new Promise((_, reject) =>
    setTimeout(() => reject(new Error("the database did not answer in time")), patienceMs).unref(),
  );
}

async function refresh(): Promise<void> {
  const [runs, queued, seconds, down] = await Promise.all([
    countOpenRuns(database()),
    openJobs(database()),
    oldestQueuedSeconds(database()),
    countOpenCircuits(database()),
  ]);
  openRuns.reset();
  for (const { status, reason, count } of runs) openRuns.set({ status, reason }, count);
  jobs.reset();
  for (const { queue, state, count } of queued) jobs.set({ queue, state }, count);
  oldest.set(seconds);
  downProviders.reset();
  for (const { provider, count } of down) downProviders.set({ provider }, count);
}
