import { LiveTrace } from "#/components/trace/live-trace.ts";
import { closeDatabase, rawClient } from "#/db/client.ts";
import type { TraceSegment } from "#/lib/contract/trace.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { readTraceText } from "#/lib/traces/read-trace.ts";
import { emptyRun } from "./empty-run.ts";
import { quick, report, round, summary, timed } from "./measure.ts";

/** A running run of 100,000 spans of which one changes: what its reader costs the server and the browser, against a whole read. */
const spanCount = quick ? 5000 : 100_000;
const rounds = quick ? 20 : 200;
const wholeReads = quick ? 2 : 5;
const { ctx, workspace, runId } = await emptyRun();
const sql = rawClient();
await sql`
  insert into spans (id, workspace_id, run_id, parent_id, key, kind, node_id, name, status, seq, start_rev, rev, started_at)
  select ${`${runId}_`} || n, ${workspace.id}, ${runId}, case when n % 10 = 1 then null else ${`${runId}_`} || (n - (n - 1) % 10) end,
    'k' || n, case when n % 10 = 1 then 'agent' else 'model_call' end, 'node' || (n % 40), 'step ' || (n % 40), 'running', n,
    n, n, now() + n * interval '3 ms'
  from generate_series(1, ${spanCount}::int) n`;
await sql`update runs set status = 'running', status_reason = null, started_at = now(), rev = 1 where id = ${runId}`;
await sql`analyze spans`;

const live = new LiveTrace(runId);
for (let more = true; more;) {
  const segment = JSON.parse(await readTraceText(ctx, runId, { after: live.rev, limit: 5000 })) as TraceSegment;
  live.apply(segment);
  more = segment.hasMore;
}
live.columns();

const [reading, merging]: [number[], number[]] = [[], []];
let bytes = 0;
for (let n = 1; n <= rounds; n++) {
  const changed = `${runId}_${1 + ((n * 7919) % spanCount)}`;
  await sql`update spans set rev = ${spanCount + n}, status = 'completed', finished_at = now() where id = ${changed}`;
  let text = "";
  reading.push(await timed(async () => void (text = await readTraceText(ctx, runId, { after: live.rev }))));
  bytes = Math.max(bytes, text.length);
  merging.push(
    await timed(async () => {
      live.apply(JSON.parse(text) as TraceSegment);
      live.columns();
    }),
  );
}
const whole: number[] = [];
let wholeBytes = 0;
for (let n = 0; n < wholeReads; n++) {
  await sql`update spans set rev = rev + ${rounds + n + 1} where id = ${`${runId}_1`}`;
  whole.push(await timed(async () => void (wholeBytes = (await readTraceText(ctx, runId)).length)));
}
const [increment, all] = [summary(reading), summary(whole)];
report("segment", {
  spans: spanCount,
  increment: { ...increment, bytes },
  browser: summary(merging),
  whole: { ...all, bytes: wholeBytes },
  ratio: round(increment.p50 / all.p50, 5),
});
await stopQueue();
await closeDatabase();
