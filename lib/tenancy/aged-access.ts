import type { DbHandle } from "#/db/client.ts";
import { deleteExpiredPasswordLinks } from "./password-link-store.ts";
import { deleteExpiredSessions } from "./session-store.ts";
import { deleteAgedTries } from "./sign-in-try-store.ts";

/** Deletes expired sessions, password links and counts of failed sign-ins, which no longer have any effect. */
export async function dropAgedAccess(db: DbHandle): Promise<void> {
  await deleteExpiredSessions(db);
  await deleteExpiredPasswordLinks(db);
  await deleteAgedTries(db);
}
