import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import type { Database } from "./client.ts";

/**
 * Brings the tables up to the newest migration; concurrent callers wait for one another. `fill` does what SQL cannot: it
 * comes last every time, and finds what is left to do by itself.
 */
export async function migrateTables(url: string, fill: (db: Database) => Promise<unknown>): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await client`select pg_advisory_lock(74205)`;
    const db = drizzle(client);
    await migrate(db, { migrationsFolder: fileURLToPath(new URL("../drizzle", import.meta.url)) });
    await fill(db);
  } finally {
    await client.end({ timeout: 5 });
  }
}
