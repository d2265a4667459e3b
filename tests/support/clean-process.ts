import { afterAll } from "vitest";
import { closeDatabase } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";

/** What outlives a file in a process that is shared; see lib/runs/live.ts for the second. */
type Shared = { environmentOfTests?: NodeJS.ProcessEnv; repriseLiveHub?: { started: unknown } };
const shared = globalThis as Shared;

/**
 * Before each file, restores the environment as it was before the first. After each, leaves no pool or queue that
 * points at its database, and no subscription that would never hear of the next one's.
 */
const before = (shared.environmentOfTests ??= { ...process.env });
for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
Object.assign(process.env, before);

afterAll(async () => {
  await stopQueue();
  await closeDatabase();
  if (shared.repriseLiveHub) shared.repriseLiveHub.started = null;
});
