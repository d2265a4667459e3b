import { sql } from "drizzle-orm";
import { database, type Transaction } from "#/db/client.ts";

/**
 * How many rows of tables the statements of `work` read, in a transaction of its own: what a plan really costs, which
 * no busy machine changes.
 */
export async function rowsRead(work: (tx: Transaction) => Promise<unknown>): Promise<number> {
  return database().transaction(async (tx) => {
    const read = async () => {
      const [row] = await tx.execute<{ rows: number }>(sql`
        select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int as rows from pg_stat_xact_user_tables`);
      return row?.rows ?? 0;
    };
    const before = await read();
    await work(tx);
    return (await read()) - before;
  });
}
