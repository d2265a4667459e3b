import { sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { rawClient } from "#/db/client.ts";

/**
 * `jobs`: there is work to claim. `control`: someone asked a run to stop or pause (payload: run id).
 * `runs`: runs changed (payload: ids, comma-separated). Payloads carry ids only; PostgreSQL limits them to 8,000 bytes.
 */
export type Channel = "jobs" | "control" | "runs";
/** For `pg_notify` in a statement of another store. */
export const channelName = (channel: Channel) => `reprise_${channel}`;

/** Sends a notification that is delivered when the transaction commits. */
export async function notify(db: DbHandle, channel: Channel, payload: string): Promise<void> {
  await db.execute(sql`select pg_notify(${channelName(channel)}, ${payload})`);
}

/**
 * Listens on one connection per process. `onReconnect` runs after the first LISTEN and each later one: notifications
 * sent in between are lost, so read the state again there. Resolves to a function that stops listening.
 */
export async function listen(
  channel: Channel,
  onMessage: (payload: string) => void,
  onReconnect: () => void = () => {},
): Promise<() => Promise<void>> {
  const { unlisten } = await rawClient().listen(channelName(channel), onMessage, onReconnect);
  return unlisten;
}

const pending = new Set<string>();
let timer: NodeJS.Timeout | null = null;
const gatherMs = 40;
const idsPerMessage = 200;

/**
 * Tells readers that a run changed. Changes are gathered for 40 ms and announced outside any step's transaction: a
 * NOTIFY in each commit would serialise all commits of the database.
 */
export function announceRun(runId: string): void {
  pending.add(runId);
  timer ??= setTimeout(() => void flushAnnouncements().catch(() => {}), gatherMs);
}

/** Sends what was gathered right away, so that a process announces its last changes before it ends. */
export async function flushAnnouncements(): Promise<void> {
  if (timer) clearTimeout(timer);
  timer = null;
  const ids = [...pending];
  pending.clear();
  for (let at = 0; at < ids.length; at += idsPerMessage)
    await rawClient()`select pg_notify(${channelName("runs")}, ${ids.slice(at, at + idsPerMessage).join(",")})`;
}
