import { and, eq, lt, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { signInTries } from "#/db/schema/tenancy.ts";
import type { Counted } from "./sign-in-delay.ts";

const sinceFailureMs = sql<number>`(extract(epoch from clock_timestamp() - ${signInTries.failedAt}) * 1000)::float8`;
const columns = { failures: signInTries.failures, trying: signInTries.trying, sinceFailureMs };
const after = (ms: number) => sql`now() + ${ms} * interval '1 millisecond'`;

/** Counts one more try under way, in a fresh count if the old one is over; gives the count with it. */
export async function addTry(db: DbHandle, key: string, windowMs: number): Promise<Counted> {
  const isOver = sql`${signInTries.until} <= now()`;
  const rows = await db
    .insert(signInTries)
    .values({ key, failures: 0, trying: 1, until: after(windowMs) })
    .onConflictDoUpdate({
      target: signInTries.key,
      set: {
        failures: sql`case when ${isOver} then 0 else ${signInTries.failures} end`,
        trying: sql`case when ${isOver} then 1 else ${signInTries.trying} + 1 end`,
        until: sql`case when ${isOver} then excluded.until else ${signInTries.until} end`,
      },
    })
    .returning(columns);
  const [row] = rows;
  if (!row) throw new Error("a try to sign in was not counted");
  return row;
}

/** The try under way has failed; the first failure begins the count's time. */
export async function failTry(db: DbHandle, key: string, windowMs: number): Promise<void> {
  await db
    .update(signInTries)
    .set({
      failures: sql`${signInTries.failures} + 1`,
      trying: sql`greatest(${signInTries.trying} - 1, 0)`,
      failedAt: sql`clock_timestamp()`,
      until: sql`case when ${signInTries.failures} = 0 then ${after(windowMs)} else ${signInTries.until} end`,
    })
    .where(eq(signInTries.key, key));
}

/** The try under way has not failed: it leaves no trace, `forget` also none of the failures before it. */
export async function withdrawTry(db: DbHandle, key: string, forget: boolean): Promise<void> {
  const rows = await db
    .update(signInTries)
    .set({
      trying: sql`greatest(${signInTries.trying} - 1, 0)`,
      ...(forget ? { failures: 0 } : {}),
    })
    .where(eq(signInTries.key, key))
    .returning({ failures: signInTries.failures, trying: signInTries.trying });
  if (rows[0]?.failures === 0 && rows[0].trying === 0)
    await db
      .delete(signInTries)
      .where(and(eq(signInTries.key, key), eq(signInTries.failures, 0), eq(signInTries.trying, 0)));
}

export async function deleteAgedTries(db: DbHandle): Promise<void> {
  await db.delete(signInTries).where(lt(signInTries.until, sql`now()`));
}
