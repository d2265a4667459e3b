import { sql } from "drizzle-orm";
import type { DbHandle, Transaction } from "./client.ts";

/**
 * Runs `work` in a transaction of its own, or joins the one that the handle already is: a verb called from another verb
 * (or below an idempotency key) commits with it.
 */
export function inTransaction<T>(db: DbHandle, work: (tx: Transaction) => Promise<T>): Promise<T> {
  if ("rollback" in db) return work(db);
  return db.transaction(work);
}

/**
 * Runs several reads on one snapshot, of which those that are sorted and limited go through an index in its order: no sort, no
 * bitmap. A planner that does not know yet how long a run is, since its statistics are older, would read and sort all of
 * it for one row.
 */
export function inIndexOrder<T>(db: DbHandle, read: (tx: Transaction) => Promise<T>): Promise<T> {
  const inOrder = async (tx: Transaction) => {
    await tx.execute(sql`select set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true),
      set_config('enable_bitmapscan', 'off', true)`);
    return read(tx);
  };
  if ("rollback" in db) return inOrder(db);
  return db.transaction(inOrder, { isolationLevel: "repeatable read", accessMode: "read only" });
}
