import { migrateTables } from "#/db/migrate.ts";
import { migrateQueue } from "#/lib/queue/boss.ts";

/** Brings the database at `url` up to date: our tables, then the queue's own schema. Concurrent callers wait. */
export async function migrateDatabase(url: string): Promise<void> {
  await migrateTables(url);
  await migrateQueue(url);
}
