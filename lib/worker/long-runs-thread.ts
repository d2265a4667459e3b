import { parentPort } from "node:worker_threads";
import { closeDatabase, connectAsEngine } from "#/db/client.ts";
import { followDatabaseClock, readDatabaseClock } from "#/db/clock.ts";
import { ByteRoom } from "#/lib/core/byte-room.ts";
import { yieldToOthers } from "#/lib/core/thread-priority.ts";
import { messageOf } from "#/lib/core/loggable.ts";
import { logger } from "#/lib/core/logger.ts";
import { metrics } from "#/lib/core/metrics.ts";
import { type HeldJob, stopQueue } from "#/lib/queue/boss.ts";
import { lease } from "#/lib/queue/lease.ts";
import { flushAnnouncements } from "#/lib/queue/notify.ts";
import { runBytes } from "#/lib/runs/claim-store.ts";
import { persistently } from "#/lib/runs/persistently.ts";
import { idleTransactionMs } from "./engine-connection.ts";
import { HeldRuns, logFailure } from "./held-runs.ts";
import type { FromThread, ToThread } from "./long-runs.ts";

/** The entry of the thread for long runs (long-runs.ts). Heartbeats are sent for it: its loop may be held for longer. */

yieldToOthers(10);
// Large spans are written one after the other: several at once would take the database's processor from everybody else.
connectAsEngine(idleTransactionMs, { database: 4, raw: 1 });
const held = new HeldRuns("any");
const mib = 1024 * 1024;
/** Of all runs in hand, and of those of one workspace: a payload alone may have ten. */
const room = new ByteRoom(64 * mib, 32 * mib);
const clockKnown = persistently(readDatabaseClock).then(followDatabaseClock);
const beat = setInterval(() => void held.obey().catch(logFailure("beat")), lease.beatMs);
parentPort?.on("message", (message: ToThread) => void obey(message).catch(logFailure("long runs")));

function say(message: FromThread): void {
  parentPort?.postMessage(message);
}

async function obey(message: ToThread): Promise<void> {
  switch (message.do) {
    case "execute":
      return execute(message.job, message.isMoved);
    case "stop":
      return held.stopAll(message.reason);
    case "control":
      return held.control(message.runId);
    case "measure":
      return say({ done: "measured", metrics: await ownMetrics() });
    case "close":
      return close();
  }
}

async function execute(job: HeldJob, isMoved: boolean): Promise<void> {
  try {
    await clockKnown;
    const { runId, workspaceId } = job.data;
    const bytes = await persistently(() => runBytes(runId));
    // A run that waits for room is not claimed yet; its job stays ours.
    await room.hold(workspaceId, bytes, () => held.execute(job, isMoved));
    say({ done: "executed", jobId: job.id });
  } catch (error) {
    logger.error({ err: error }, "run goes back to the queue");
    say({ done: "failed", jobId: job.id, reason: error instanceof Error ? messageOf(error) : "failed" });
  }
}

/** Those of the process are the main thread's to tell. */
async function ownMetrics() {
  return (await metrics.getMetricsAsJSON()).filter(({ name }) => name.startsWith("reprise_"));
}

async function close(): Promise<void> {
  clearInterval(beat);
  await flushAnnouncements().catch(() => {});
  await stopQueue();
  await closeDatabase();
  process.exit(0);
}
