import { closeDatabase, database, rawClient } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { listSpans } from "#/lib/runs/span-store.ts";
import { buildSkeleton } from "#/lib/traces/skeleton.ts";
import { readTraceGzip, readTraceText } from "#/lib/traces/read-trace.ts";
import { emptyRun } from "./empty-run.ts";
import { quick, report, round, summary, timed } from "./measure.ts";

/** Opening the trace of a finished run of 10,000 spans with bodies of 1 KB, three ways. */
const spanCount = quick ? 2000 : 10_000;
const rounds = quick ? 5 : 40;
const { ctx, workspace, runId } = await emptyRun();
const sql = rawClient();
await sql`
  insert into spans (id, workspace_id, run_id, parent_id, key, kind, node_id, name, status, seq, start_rev, rev, started_at,
    finished_at, made_call, input_tokens, output_tokens, cost_micros)
  select ${`${runId}_`} || n, ${workspace.id}, ${runId}, case when n % 10 = 1 then null else ${`${runId}_`} || (n - (n - 1) % 10) end,
    'k' || n, case when n % 10 = 1 then 'agent' else 'model_call' end, 'node' || (n % 40), 'step ' || (n % 40), 'completed', n,
    n * 2, n * 2 + 1, now() + n * interval '3 ms', now() + (n + 2) * interval '3 ms', n % 10 <> 1, n % 900, n % 300, n % 5000
  from generate_series(1, ${spanCount}::int) n`;
await sql`
  insert into span_bodies (span_id, input, output)
  select id, json_build_object('text', repeat(md5(id), 16)), json_build_object('text', repeat(md5(id || 'o'), 16)) from spans
  where run_id = ${runId}`;
await sql`update runs set status = 'completed', status_reason = null, started_at = now(), finished_at = now(), admitted_at = null,
  rev = ${spanCount * 2 + 2}, steps = ${spanCount / 10} where id = ${runId}`;
await sql`analyze spans`;
await sql`analyze span_bodies`;

const ways = {
  rowsWithBodies: async () =>
    void (await sql`select s.*, b.input, b.output, b.attributes from spans s
    left join span_bodies b on b.span_id = s.id where s.workspace_id = ${workspace.id} and s.run_id = ${runId} order by s.seq`),
  skeletonFromRows: async () => {
    const rows = await listSpans(ctx.db, workspace.id, runId);
    const facts = { runId, status: "completed", rev: 1, startedAt: new Date() } as const;
    JSON.stringify(
      buildSkeleton(
        rows.map((row) => ({ ...row, reusedFromSpan: row.reusedSpan })),
        facts,
      ),
    );
  },
  storedSkeleton: async () => void (await readTraceGzip(ctx, runId)),
};
const durations = { rowsWithBodies: [] as number[], skeletonFromRows: [] as number[], storedSkeleton: [] as number[] };
const names = Object.keys(ways) as (keyof typeof ways)[];
for (const name of names) await ways[name]();
for (let round = 0; round < rounds; round++) for (const name of names) durations[name].push(await timed(ways[name]));

const stored = await readTraceGzip(ctx, runId);
const results = Object.fromEntries(names.map((name) => [name, summary(durations[name])]));
report("skeleton", {
  spans: spanCount,
  ...results,
  timesFaster: {
    storedThanRows: round(results["skeletonFromRows"]!.p50 / results["storedSkeleton"]!.p50, 1),
    storedThanBodies: round(results["rowsWithBodies"]!.p50 / results["storedSkeleton"]!.p50, 1),
  },
  storedBytes: "gzip" in stored ? stored.gzip.byteLength : null,
  bodiesRead: await bodiesRead(),
  plan: await plan(),
});
await stopQueue();
await closeDatabase();

/** Scans and rows of span_bodies that building a skeleton from scratch, and reading a stored one, caused: must be none. */
async function bodiesRead() {
  await sql`delete from run_skeletons where run_id = ${runId}`;
  return database().transaction(async (tx) => {
    await readTraceText({ ...ctx, db: tx }, runId);
    await readTraceText({ ...ctx, db: tx }, runId);
    const [row] = await tx.execute(`select coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)::int as scans,
      coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int as rows from pg_stat_xact_user_tables where relname = 'span_bodies'`);
    return row;
  });
}

async function plan(): Promise<string[]> {
  const lines = await sql<{ "QUERY PLAN": string }[]>`explain (costs off) select * from spans
    where workspace_id = ${workspace.id} and run_id = ${runId} order by seq`;
  return lines.map((line) => line["QUERY PLAN"]);
}
