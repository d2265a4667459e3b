import { migrateTables } from "#/db/migrate.ts";
import { grantToApplication } from "#/db/roles.ts";
import { migrateQueue } from "#/lib/queue/boss.ts";
import { readEarlierPayloads } from "#/lib/runs/payload-terms-store.ts";

/**
 * Brings the database at `url` up to date: our tables, then the queue's own schema, then what the application's role may
 * do in them. Concurrent callers wait. `hasRole` is false when that role is missing and this login may not make it.
 */
export async function migrateDatabase(url: string): Promise<{ hasRole: boolean }> {
  await migrateTables(url, readEarlierPayloads);
  await migrateQueue(url);
  return { hasRole: await grantToApplication(url) };
}
