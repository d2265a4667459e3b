import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { finished, pipeline } from "node:stream/promises";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { grantToApplication } from "#/db/roles.ts";
import { migrateQueue } from "#/lib/queue/boss.ts";

const migrations = join(import.meta.dirname, "../../drizzle");
const appliedTable = "drizzle.__drizzle_migrations";

/**
 * The rows of every table of ours in the database at `url`, applied migrations included, in PostgreSQL's COPY format. Neither the
 * structure, which the migrations say, nor the queue's tables, which hold nothing of value.
 */
export async function dumpRows(url: string): Promise<string> {
  return withClient(url, async (sql) => {
    const tables = await sql<{ name: string; columns: string }[]>`
      select format('%I.%I', table_schema, table_name) as name,
             string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns
      from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema in ('public', 'drizzle') and table_type = 'BASE TABLE' and is_generated = 'NEVER'
      group by 1 order by 1`;
    const parts: string[] = [];
    for (const { name, columns } of tables) {
      const rows = await text(await sql.unsafe(`copy (select ${columns} from ${name}) to stdout`).readable());
      if (rows !== "") parts.push(`COPY ${name} (${columns}) FROM stdin;\n${rows}\\.\n`);
    }
    return parts.join("\n");
  });
}

/**
 * Makes an empty database what it was when it was dumped: the migrations of that time, then the rows, an empty queue, and the
 * rights of the application's role. Throws when a migration is not the one that the dump's database was made by.
 */
export async function loadDump(url: string, dump: string): Promise<void> {
  const copies = [...dump.matchAll(/^COPY (.+) FROM stdin;\n([^]*?)^\\\.$/gm)].map(([, into = "", rows = ""]) => ({
    into,
    rows,
  }));
  const applied =
    copies
      .find(({ into }) => into.startsWith(appliedTable))
      ?.rows.trimEnd()
      .split("\n") ?? [];
  await withClient(url, async (sql) => {
    await migrateFirst(sql, applied.length);
    const hashes = await sql<{ hash: string }[]>`select hash from drizzle.__drizzle_migrations order by id`;
    for (const [index, line] of applied.entries())
      if (hashes[index]?.hash !== line.split("\t")[1]) throw new Error(`migration ${index} is not the released one`);
    // As pg_restore does it: no trigger and no foreign key asks in which order rows come.
    await sql`set session_replication_role = replica`;
    for (const { into, rows } of copies) {
      if (into.startsWith(appliedTable)) continue;
      const copying = await sql.unsafe(`copy ${into} from stdin`).writable();
      const done = finished(copying);
      await pipeline(Readable.from([rows]), copying);
      await done;
    }
  });
  await migrateQueue(url);
  await grantToApplication(url);
}

async function migrateFirst(sql: postgres.Sql, count: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-migrations-"));
  try {
    cpSync(migrations, folder, { recursive: true });
    const path = join(folder, "meta/_journal.json");
    const journal = JSON.parse(readFileSync(path, "utf8")) as { entries: unknown[] };
    writeFileSync(path, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }));
    await migrate(drizzle(sql), { migrationsFolder: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withClient<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
