import { and, eq, sql } from "drizzle-orm";
import type { DbHandle } from "#/db/client.ts";
import { leases } from "#/db/schema/queue.ts";

/** Takes or renews a lease for `forMs`; false while another holder has it. */
export async function takeLease(db: DbHandle, name: string, holder: string, forMs: number): Promise<boolean> {
  const held = await db.execute(sql`
    insert into leases (name, holder, until)
    select ${name}, ${holder}, clock_timestamp() + make_interval(secs => ${forMs / 1000})
    where not exists (select from leases where name = ${name} and holder <> ${holder} and until > clock_timestamp())
    on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where leases.holder = excluded.holder or leases.until <= clock_timestamp()
    returning holder`);
  return held.length > 0;
}

/** Gives a lease back, if the holder has it. */
export async function returnLease(db: DbHandle, name: string, holder: string): Promise<void> {
  await db.delete(leases).where(and(eq(leases.name, name), eq(leases.holder, holder)));
}
