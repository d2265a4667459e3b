import { sql } from "drizzle-orm";
import type { Database } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { payloadTerms } from "./payload-terms.ts";

/** A payload has up to 10 MiB; this many are held at once. */
const perBatch = 20;

/**
 * Reads the payloads of runs without terms (accepted by a release that had none), so that they are found too. Each
 * batch is written at once, so an interrupted pass continues where it was. One pass over the runs' ids when there are
 * none.
 */
export async function readEarlierPayloads(db: Database): Promise<void> {
  for (let after: string | undefined = ""; after !== undefined;) after = await readBatch(db, after);
}

/** The id of the last run that was read; undefined when there was none after `after`. */
async function readBatch(db: Database, after: string): Promise<string | undefined> {
  const rows = await db.execute<{ run_id: string; workspace_id: string; payload: Json }>(sql`
    select run_id, workspace_id, payload from run_bodies b
    where run_id > ${after} and not exists (select from run_payload_terms t where t.run_id = b.run_id)
    order by run_id limit ${perBatch}`);
  const terms = rows.map((row) => `{${payloadTerms(row.workspace_id, row.payload).join(",")}}`);
  const column = (values: string[]) => sql`${sql.param(values)}::text[]`;
  // A run may have been deleted since.
  await db.execute(sql`
    insert into run_payload_terms (run_id, workspace_id, terms)
    select r.id, r.workspace_id, read.terms::uuid[]
    from unnest(${column(rows.map((row) => row.run_id))}, ${column(terms)}) as read (run_id, terms)
    join runs r on r.id = read.run_id
    on conflict do nothing`);
  return rows.at(-1)?.run_id;
}
