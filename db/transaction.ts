import type { DbHandle, Transaction } from "./client.ts";

/**
 * Runs `work` in a transaction of its own, or joins the one that the handle already is: a verb called from another verb
 * (or below an idempotency key) commits with it.
 */
export function inTransaction<T>(db: DbHandle, work: (tx: Transaction) => Promise<T>): Promise<T> {
  if ("rollback" in db) return work(db);
  return db.transaction(work);
}

/** Runs several reads on one snapshot, so that they are consistent. */
export function onSnapshot<T>(db: DbHandle, read: (tx: Transaction) => Promise<T>): Promise<T> {
  if ("rollback" in db) return read(db);
  return db.transaction(read, { isolationLevel: "repeatable read", accessMode: "read only" });
}
