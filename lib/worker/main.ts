import { closeDatabase, connectAsEngine } from "#/db/client.ts";
import { followDatabaseClock, readDatabaseClock } from "#/db/clock.ts";
import { ConfigurationError, env, requireEnv } from "#/lib/core/env.ts";
import { logger } from "#/lib/core/logger.ts";
import { stopQueue, superviseQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements, listen } from "#/lib/queue/notify.ts";
import { persistently } from "#/lib/runs/persistently.ts";
import { idleTransactionMs } from "./engine-connection.ts";
import { startHealthServer } from "./health-server.ts";
import { startHousekeeping } from "./housekeeping.ts";
import { measureSlots } from "./slot-gauges.ts";
import { Worker } from "./worker.ts";

/** How long steps in flight may take when the worker ends; the rest of the 25 s drain is for handing runs on. */
const drainGraceMs = 15_000;
const longestDrainMs = 24_000;

async function main(): Promise<void> {
  requireEnv([
    "DATABASE_URL",
    "REPRISE_MASTER_KEYS",
    "REPRISE_WORKER_SLOTS",
    "REPRISE_EGRESS_ALLOW",
    "REPRISE_WORKER_PORT",
    "REPRISE_METRICS_TOKEN",
  ]);
  connectAsEngine(idleTransactionMs);
  // If the database is away at the start, the worker waits for it as it would later.
  await persistently(superviseQueue);
  await persistently(readDatabaseClock);
  followDatabaseClock();
  const worker = new Worker({ slots: env("REPRISE_WORKER_SLOTS") });
  const wake = () => worker.wake();
  await persistently(() => listen("jobs", wake, wake));
  await persistently(() => listen("control", (runId) => void worker.control(runId)));
  const housekeeping = startHousekeeping();
  measureSlots(worker);
  const address = env("REPRISE_WORKER_PORT");
  if (address) await startHealthServer(address, worker);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(worker, housekeeping));
  logger.info({ slots: env("REPRISE_WORKER_SLOTS") }, "worker ready");
  await worker.work();
}

async function stop(worker: Worker, housekeeping: { stop(): Promise<void> }): Promise<void> {
  logger.info({ running: worker.running }, "worker drains");
  // Whatever hangs, the runs in hand go to another worker when this one's heartbeats stop.
  setTimeout(() => process.exit(1), longestDrainMs).unref();
  await housekeeping.stop().catch(() => {});
  await worker.drain(drainGraceMs);
  await flushAnnouncements().catch(() => {});
  await stopQueue();
  await closeDatabase();
  process.exit(0);
}

main().catch((error: unknown) => {
  if (error instanceof ConfigurationError) process.stderr.write(`${error.message}\n`);
  else logger.fatal({ err: error }, "worker stopped");
  process.exit(1);
});
