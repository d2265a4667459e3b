import { applicationRole } from "#/db/roles.ts";
import { env } from "#/lib/core/env.ts";
import { migrateDatabase } from "#/lib/worker/migrate.ts";

/** Brings the database up to date; the login of DATABASE_URL must own the tables. May run in several places at once. */
export async function migrate(): Promise<void> {
  const { hasRole } = await migrateDatabase(env("DATABASE_URL"));
  if (!hasRole)
    process.stderr.write(
      `The role ${applicationRole} is missing, and this login may not make it (docs/operations.md).\n`,
    );
  process.stderr.write("The database is at the newest migration.\n");
  // The queue's own pool would keep the process for a while.
  process.exit(0);
}
