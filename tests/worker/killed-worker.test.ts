import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { push } from "#/tests/support/engine.ts";
import {
  allFinal,
  chain,
  eventGaps,
  runStates,
  startFleet,
  toolNode,
  until,
  type Fleet,
} from "#/tests/support/worker-fleet.ts";

const runCount = 100;
const maxRunning = 12;
const transform = (id: string) => ({ id, type: "transform", value: { text: "{{ 'x' + run.id }}", n: "{{ 1 + 1 }}" } });

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ maxRunning, slots: 10 });
  await push(fleet.tenant.system, "mixture", {
    name: "mixture",
    nodes: [
      ...chain([
        transform("first"),
        toolNode("read", "GET", 30),
        transform("second"),
        toolNode("charge", "POST", 30),
        toolNode("slow_read", "GET", 220),
        transform("third"),
        toolNode("slow_charge", "POST", 200),
        transform("fourth"),
      ]),
      // A branch beside the chain, so that several steps are in flight at once.
      { ...toolNode("side", "GET", 60), needs: ["first"] },
      { ...transform("join"), needs: ["side", "fourth"] },
    ],
    output: "{{ nodes.join.output }}",
  });
});
afterAll(() => fleet?.stop());

test("kill -9 of one of two workers: all runs end, no finished step runs again, no mutating call twice, limits exact", async () => {
  const { tenant, tools } = fleet;
  const workspaceId = tenant.workspace.id;
  for (let n = 0; n < runCount; n++) await triggerRun(tenant.system, "mixture", {}, "api");
  const samples = sampleRunning(workspaceId);
  const [victim] = await Promise.all([fleet.addWorker(), fleet.addWorker()]);

  await until("a quarter of the runs ended", async () => (await ended(workspaceId)) >= runCount / 4);
  process.kill(victim.pid, "SIGKILL");
  await victim.exited;
  const killedAt = Date.now();
  const finished = await finishedSteps(workspaceId);
  expect(finished.size).toBeGreaterThan(runCount);

  await until("all runs final", () => allFinal(workspaceId), 40_000);
  const seen = await samples.stop();
  expect(Math.max(...seen)).toBe(maxRunning);

  const again = tools.log.filter((request) => request.at > killedAt && finished.has(`${request.run} ${request.node}`));
  expect(again).toEqual([]);
  const after = await finishedSteps(workspaceId);
  for (const [step, row] of finished) expect(after.get(step)).toBe(row);

  const mutating = tools.log.filter((request) => request.method === "POST").map(({ run, node }) => `${run} ${node}`);
  expect(mutating.length).toBe(new Set(mutating).size);
  expect(new Set(tools.log.flatMap((request) => request.idempotencyKey ?? [])).size).toBe(mutating.length);

  const states = await runStates(workspaceId);
  expect(states.length).toBe(runCount);
  expect(states.filter((run) => run.admitted || run.owner !== null)).toEqual([]);
  const failed = states.filter((run) => run.status !== "completed");
  // Only what the killed worker had in flight may have failed, and only because nobody can know what it did.
  expect(failed.length).toBeLessThanOrEqual(10);
  expect(failed.map((run) => [run.status, run.reason, run.code])).toEqual(
    failed.map(() => ["failed", "error", "unknown_outcome"]),
  );
  const open = await rawClient()`select key from spans where workspace_id = ${workspaceId} and status = 'running'`;
  expect(open).toEqual([]);
  for (const run of states) expect(await eventGaps(tenant.system, run.id)).toEqual([]);
}, 90_000);

async function ended(workspaceId: string): Promise<number> {
  return (await runStates(workspaceId)).filter((run) => run.status === "completed").length;
}

/** Steps whose end is committed: `run node` → what is stored of it. */
async function finishedSteps(workspaceId: string): Promise<Map<string, string>> {
  const rows = await rawClient()<{ step: string; row: string }[]>`
    select run_id || ' ' || key as step, row_to_json(s)::text as row from spans s
    where workspace_id = ${workspaceId} and status = 'completed'`;
  return new Map(rows.map(({ step, row }) => [step, row]));
}

/** How many runs of the workspace hold a slot, seen again and again until stopped. */
function sampleRunning(workspaceId: string) {
  const seen: number[] = [];
  let going = true;
  const loop = (async () => {
    while (going) {
      const [row] = await rawClient()<{ held: number; running: number }[]>`
        select count(*) filter (where admitted_at is not null)::int as held,
          count(*) filter (where status = 'running')::int as running
        from runs where workspace_id = ${workspaceId}`;
      seen.push(row?.held ?? 0, row?.running ?? 0);
      await sleep(15);
    }
  })();
  return {
    async stop() {
      going = false;
      await loop;
      return seen;
    },
  };
}
