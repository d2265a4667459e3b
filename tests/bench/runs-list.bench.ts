import type { PendingQuery, Row } from "postgres";
import { closeDatabase, rawClient } from "#/db/client.ts";
import type { RunFilter } from "#/lib/contract/run.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { listRuns } from "#/lib/runs/list-runs.ts";
import type { RunCursor } from "#/lib/runs/run-store.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { push } from "#/tests/support/engine.ts";
import { createTenant } from "#/tests/support/tenants.ts";
import { quick, report, round, summary, timed } from "./measure.ts";

/**
 * A page of the runs list in a workspace of a million runs, at any depth and by each of the usual filters, against the bare
 * keyset query behind it, in turns.
 */
const runCount = quick ? 20_000 : 1_000_000;
const rounds = quick ? 20 : 100;
const limit = 50;
const { system: ctx, workspace } = await createTenant();
for (const slug of ["refunds", "triage", "digest", "review"])
  await push(ctx, slug, { name: slug, nodes: [{ id: "only", type: "transform", value: 1 }] });
const { id: workflowId } = await loadWorkflow(ctx, "triage");
const sql = rawClient();
await sql`
  insert into runs (id, workspace_id, workflow_id, version_id, version, status, status_reason, trigger_kind, environment, tags, root_run,
    created_at, started_at, finished_at, steps, input_tokens, output_tokens, cost_micros, models)
  select 'run_' || lpad(n::text, 26, '0'), ${workspace.id}, w.id, v.id, 1,
    case when n % 20 = 0 then 'failed' when n % 50 = 1 then 'cancelled' else 'completed' end,
    case when n % 20 = 0 then 'error' when n % 50 = 1 then 'user' end, 'api', 'production',
    array['customer-' || n % 500], 'run_' || lpad(n::text, 26, '0'), at, at, at + interval '3 s', 8, n % 9000, n % 900, n % 50000,
    array['anthropic:claude-haiku-4-5']
  from generate_series(1, ${runCount}::int) n
  cross join lateral (select now() - (${runCount}::int - n) * interval '7 s' as at) times
  join workflows w on w.workspace_id = ${workspace.id}
    and w.slug = (array['refunds', 'triage', 'digest', 'review'])[1 + n % 4]
  join workflow_versions v on v.workflow_id = w.id`;
await sql`vacuum analyze runs`;

type Kind = { filter: RunFilter; raw: (after: RunCursor) => PendingQuery<Row[]> };
const page = (after: RunCursor) =>
  sql`and (created_at, id) < (${after.createdAt}::timestamptz, ${after.id}) order by created_at desc, id desc limit ${limit + 1}`;
const of = sql`select * from runs where workspace_id = ${workspace.id}`;
const kinds: Record<string, Kind> = {
  all: { filter: {}, raw: (after) => sql`${of} ${page(after)}` },
  status: { filter: { status: ["failed"] }, raw: (after) => sql`${of} and status = 'failed' ${page(after)}` },
  workflow: {
    filter: { workflow: ["triage"] },
    raw: (after) => sql`${of} and workflow_id = ${workflowId} ${page(after)}`,
  },
  workflowAndStatus: {
    filter: { workflow: ["triage"], status: ["cancelled"] },
    raw: (after) => sql`${of} and workflow_id = ${workflowId} and status = 'cancelled' ${page(after)}`,
  },
};

/** Where a page begins, at a share of the list's depth. */
async function cursorAt(share: number): Promise<RunCursor> {
  const id = `run_${String(Math.max(1, Math.round(runCount * (1 - share)))).padStart(26, "0")}`;
  const [row] = await sql<{ at: string }[]>`select created_at::text as at from runs where id = ${id}`;
  return { createdAt: row?.at ?? "", id };
}

async function measure({ filter, raw }: Kind, share: number) {
  const list: number[] = [];
  const bare: number[] = [];
  for (let n = 0; n < rounds + 5; n++) {
    const after = await cursorAt(share + (n % 10) / 1000);
    const spent = [await timed(() => raw(after)), await timed(() => listRuns(ctx, { filter, limit, after }))];
    if (n < 5) continue;
    bare.push(spent[0] ?? 0);
    list.push(spent[1] ?? 0);
  }
  const ours = summary(list);
  const reference = summary(bare);
  return { listMs: ours, keysetMs: reference, timesKeysetP95: round(ours.p95 / reference.p95) };
}

for (const [kind, query] of Object.entries(kinds)) {
  report("runs-list", {
    goal: "p95 <= 5 x the raw keyset query, at any depth",
    runs: runCount,
    filter: kind,
    firstPages: await measure(query, 0),
    middle: await measure(query, 0.5),
    nearTheEnd: await measure(query, 0.95),
  });
}
await stopQueue();
await closeDatabase();
