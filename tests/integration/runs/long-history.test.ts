import { beforeAll, describe, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import type { RunEvent } from "#/lib/contract/event.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
const steps = 10_000;
let tenant: Tenant;
let id: string;

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

  test("is not read whole for one event", async () => {
    const timed = async (limit: number) => {
      const began = performance.now();
      await readEvents(tenant.system, id, 0, limit);
      return performance.now() - began;
    };
    const ones = [await timed(1), await timed(1), await timed(1)];
    expect(Math.min(...ones)).toBeLessThan((await timed(100_000)) / 3);
  });
});
