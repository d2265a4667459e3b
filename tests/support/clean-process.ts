import { afterAll, beforeAll } from "vitest";
import { closeDatabase } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements } from "#/lib/queue/notify.ts";
import { resets } from "./process-state.ts";

/** What outlives a file in a process that is shared. */
const shared = globalThis as { environmentOfTests?: NodeJS.ProcessEnv };

/** Before each file, restores the environment as it was before the first. */
const before = (shared.environmentOfTests ??= { ...process.env });
for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
Object.assign(process.env, before);

/**
 * Nothing points at a database that is gone, drains, counts or listens. Before each file too: what a file left under way
 * may have connected once more behind its end.
 */
async function cleanProcess(): Promise<void> {
  await flushAnnouncements().catch(() => {});
  await stopQueue();
  await closeDatabase();
  for (const reset of Object.values(resets)) reset();
}
beforeAll(cleanProcess);
afterAll(cleanProcess);
