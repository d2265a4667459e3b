import { migrateDatabase } from "#/lib/worker/migrate.ts";
import { ensureDatabase, type Database } from "./postgres.ts";

/** The installation's database, running and at the newest migration. */
export async function migratedDatabase(): Promise<Database> {
  const database = await ensureDatabase();
  await migrateDatabase(database.url);
  return database;
}

/**
 * As `start` and `worker` need it: the embedded database is migrated on the way; one named by `DATABASE_URL` is left as
 * it is, since there its operator decides when (`npm run db:migrate`).
 */
export async function databaseForServing(): Promise<Database> {
  return process.env.DATABASE_URL ? ensureDatabase() : migratedDatabase();
}
