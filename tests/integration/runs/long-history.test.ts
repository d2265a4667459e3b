import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { database, rawClient, type Transaction } from "#/db/client.ts";
import type { RunEvent } from "#/lib/contract/event.ts";
import { TraceSegment, usualSegmentRows } from "#/lib/contract/trace.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { readTraceText } from "#/lib/traces/read-trace.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { readTrace } from "#/tests/support/read-trace.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
const steps = 10_000;
let tenant: Tenant;
let id: string;
let reused: string;

/** A run of 10,000 steps whose starts and ends are interleaved; each hundredth waits, each tenth has a failed attempt. */
beforeAll(async () => {
  tenant = await createTenant();
  await push(tenant.system, "long", { name: "long", nodes: [{ id: "one", type: "transform", value: 1 }] });
  ({ id } = await triggerRun(tenant.system, "long", {}, "api"));
  await rawClient()`
    insert into spans (id, workspace_id, run_id, key, kind, node_id, name, status, seq, start_rev, rev, started_at, finished_at)
    select ${id} || '_span_' || n, ${tenant.workspace.id}, ${id}, 'one[' || n || ']',
           case when n % 10 = 5 then 'attempt' else 'tool' end, 'one', 'one',
           case when n % 100 = 0 then 'waiting' when n % 10 = 5 then 'failed' else 'completed' end,
           n, 10 + n * 2, 10 + n * 2 + 21, now(), now()
    from generate_series(1, ${steps}) n`;
  ({ id: reused } = await triggerRun(tenant.system, "long", {}, "api"));
  await rawClient()`
    insert into spans (id, workspace_id, run_id, key, kind, node_id, name, status, seq, start_rev, rev, started_at, finished_at)
    select ${reused} || '_span_' || n, workspace_id, ${reused}, key, kind, node_id, name, 'completed', seq, start_rev, start_rev,
      started_at, finished_at
    from spans, lateral (select seq as n) _ where run_id = ${id}`;
});

const numbers = (events: RunEvent[]) => events.map(({ seq }) => seq);

async function inPages(limit: number, after = 0): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for (;;) {
    const page = await readEvents(tenant.system, id, all.at(-1)?.seq ?? after, limit);
    expect(page.data.length).toBeLessThanOrEqual(limit);
    expect(page.data.length > 0 || !page.hasMore).toBe(true);
    all.push(...page.data);
    if (!page.hasMore) return all;
  }
}

/** Rows of spans that the statements of this transaction's connection have gone through. */
async function spansLookedAt(tx: Transaction): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select (pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid))::int as count
    from pg_class c where c.relname = 'spans'`);
  return row?.count ?? 0;
}

test("the trace of a long run that goes on has each span once, whoever else reads it", async () => {
  const reads = await Promise.all(Array.from({ length: 5 }, () => readTrace(tenant.system, id)));
  const [trace] = reads;
  if (!trace) throw new Error("no trace");
  expect(trace.count).toBe(steps);
  expect(new Set(trace.columns.id).size).toBe(steps);
  expect(trace.rev).toBe(10 + steps * 2 + 21);
  expect(reads.every((read) => read.rev === trace.rev && read.count === steps)).toBe(true);
});

describe("a running run asked with `after`", () => {
  const segmentOf = async (ctx: Ctx, query: { after: number; limit?: number }) =>
    TraceSegment.parse(JSON.parse(await readTraceText(ctx, id, query)));

  test.each([999, 1000, undefined])(
    "comes in segments of %s spans, each span once, in the order of changes",
    async (limit) => {
      const ids: string[] = [];
      let segment: TraceSegment | undefined;
      do {
        segment = await segmentOf(tenant.system, { after: segment?.rev ?? 0, ...(limit ? { limit } : {}) });
        expect(segment.count).toBeLessThanOrEqual(limit ?? usualSegmentRows);
        ids.push(...segment.columns.id);
      } while (segment.hasMore);
      expect(ids).toEqual(Array.from({ length: steps }, (_, n) => `${id}_span_${n + 1}`));
      const whole = await readTrace(tenant.system, id);
      expect(segment.rev).toBe(whole.rev);
      expect(await segmentOf(tenant.system, { after: whole.rev })).toMatchObject({
        count: 0,
        rev: whole.rev,
        hasMore: false,
      });
    },
  );

  test("one changed span is one small row, and nothing else is read", async () => {
    const { rev } = await readTrace(tenant.system, id);
    const changed = `${id}_span_7`;
    await rawClient()`update spans set rev = ${rev + 1}, status = 'cancelled' where id = ${changed}`;
    await database().transaction(async (tx) => {
      const before = await spansLookedAt(tx);
      const text = await readTraceText({ ...tenant.system, db: tx }, id, { after: rev });
      expect((await spansLookedAt(tx)) - before).toBeLessThan(5);
      expect(text.length).toBeLessThan(1024);
      expect(TraceSegment.parse(JSON.parse(text))).toMatchObject({
        ...{ segment: true, status: "pending", rev: rev + 1, hasMore: false, count: 1 },
        columns: {
          id: [changed],
          parentId: [null],
          status: ["cancelled"],
          seq: [7],
          call: [false],
          costMicros: [null],
        },
      });
    });
    await rawClient()`update spans set rev = start_rev + 21, status = 'completed' where id = ${changed}`;
  });
});

describe("the history of a long run", () => {
  test("comes in pages of any size, each event once and in order", async () => {
    const whole = (await readEvents(tenant.system, id, 0, 100_000)).data;
    // Of a hundred steps ten are attempts, told once, and one waits and has not ended.
    expect(whole.filter(({ nodeId }) => nodeId !== null).length).toBe(steps * 2 - steps / 10 - steps / 100);
    expect(numbers(whole)).toEqual(numbers(whole).toSorted((a, b) => a - b));
    expect(await inPages(1000)).toEqual(whole);
    expect(await inPages(7, 19_500)).toEqual(whole.filter(({ seq }) => seq > 19_500));
    expect(await inPages(1, 19_980)).toEqual(whole.filter(({ seq }) => seq > 19_980));
  });

  test.each([
    ["one event", () => id, (ctx: Ctx, run: string) => readEvents(ctx, run, 0, 1)],
    ["one event in its middle", () => id, (ctx: Ctx, run: string) => readEvents(ctx, run, 10_000, 1)],
    ["one event of steps taken over", () => reused, (ctx: Ctx, run: string) => readEvents(ctx, run, 0, 1)],
    ["one step", () => id, (ctx: Ctx, run: string) => listSteps(ctx, run, { limit: 1, after: null })],
    ["one step in its middle", () => id, (ctx: Ctx, run: string) => listSteps(ctx, run, { limit: 1, after: 10_000 })],
  ])("is not read whole for %s", async (_what, run, read) => {
    const spans = await database().transaction(async (tx) => {
      const before = await spansLookedAt(tx);
      await read({ ...tenant.system, db: tx }, run());
      return (await spansLookedAt(tx)) - before;
    });
    expect(spans).toBeLessThan(100);
  });
});
