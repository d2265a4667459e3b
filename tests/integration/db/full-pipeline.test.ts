import { expect, test } from "vitest";
import postgres from "postgres";
import { ownDatabase } from "#/tests/support/own-database.ts";

const testDatabase = ownDatabase();

/** What the driver puts on one connection before it waits for answers. */
const pipeline = 100;

test.each([pipeline - 2, pipeline - 1, pipeline, pipeline + 1])(
  "a transaction behind %i statements of the same connection has it for itself, and ends",
  async (ahead) => {
    const sql = postgres(testDatabase.url, { max: 2, onnotice: () => {} });
    try {
      await Promise.all([sql`select pg_sleep(0.05)`, sql`select pg_sleep(0.05)`]);
      // Each connection holds the same number of statements when the first transaction comes.
      const others = Array.from({ length: 2 }, () => sql`select pg_sleep(0.3)`.execute());
      for (let n = 2; n < 2 * ahead; n++) others.push(sql`select 1`.execute());
      const begun = Array.from({ length: 4 }, () => sql.begin((tx) => tx`select 1 as one`));
      expect(await Promise.all(begun)).toEqual(Array.from({ length: 4 }, () => [{ one: 1 }]));
      await Promise.all(others);
      const open = await sql`
        select 1 from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`;
      expect(open).toHaveLength(0);
    } finally {
      await sql.end();
    }
  },
);
