import { applicationRole, ensureApplicationLogin } from "#/db/roles.ts";
import { migrateDatabase } from "#/lib/worker/migrate.ts";
import { ensureDatabase, type Database } from "./postgres.ts";

/** The installation's database, running and at the newest migration; `servingUrl` can be connected to. */
export async function migratedDatabase(): Promise<Database> {
  const database = await ensureDatabase();
  const { hasRole } = await migrateDatabase(database.url);
  if (!hasRole) console.error(withoutRole);
  if (database.servingUrl !== database.url) {
    const { username: name, password } = new URL(database.servingUrl);
    await ensureApplicationLogin(database.url, { name, password });
  }
  return database;
}

const withoutRole =
  `The role ${applicationRole} is missing and this login may not make it, so web and worker have to use a login that could ` +
  `change the audit log. Let an administrator run \`create role ${applicationRole}\`, then migrate again.`;

/**
 * As `start` and `worker` need it: the embedded database is migrated on the way; one named by `DATABASE_URL` is left as
 * it is, since there its operator decides when (`npm run db:migrate`).
 */
export async function databaseForServing(): Promise<Database> {
  return process.env.DATABASE_URL ? ensureDatabase() : migratedDatabase();
}
