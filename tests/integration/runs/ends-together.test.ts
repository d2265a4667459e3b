import { afterAll, beforeAll, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import type { Json } from "#/lib/contract/json.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { settleRun, type Outcome } from "#/lib/runs/settle-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant();
  await push(tenant.system, "idle", { name: "idle", nodes: [{ id: "only", type: "transform", value: 1 }] });
  await rawClient()`update workspaces set max_running = 1000 where id = ${tenant.workspace.id}`;
});
afterAll(async () => {
  await stopQueue();
});

async function heldRun(): Promise<string> {
  const { id } = await triggerRun(tenant.system, "idle", {}, "api");
  await rawClient()`update runs set status = 'running', status_reason = null, started_at = now(), owner = ${`me/${id}`},
    max_duration_ms = 60000, deadline_at = now() + interval '1 minute' where id = ${id}`;
  return id;
}

const stored = async (id: string) =>
  (
    await rawClient()<{ status: string; reason: string | null; error: Json; output: string | null; ended: Json }[]>`
      select r.status, r.status_reason as reason, r.error, b.output::text as output,
        json_build_array(r.owner is null, r.admitted_at is null, r.deadline_at is null, r.remaining_ms > 0, r.rev,
          r.finished_at >= r.started_at, r.models, r.cost_micros, r.effects->>'live',
          (select json_agg(json_build_array(e.type, e.data) order by e.seq) from run_events e where e.run_id = r.id)) as ended
      from runs r join run_bodies b on b.run_id = r.id where r.id = ${id}`
  )[0];

const failed: Outcome = {
  kind: "failed",
  reason: "error",
  error: { code: "step_failed", message: 'no "such" \\ thing \u0000', nodeId: "only", spanId: null },
};
const ends: Outcome[] = [
  { kind: "completed", output: { text: 'a "quoted" \\ {braced}, \u0000 and \ud800' } },
  { kind: "completed", output: "NULL" },
  { kind: "completed", output: null },
  { kind: "completed", output: [1.5, "", null] },
  { kind: "cancelled", reason: "user" },
  failed,
];

test("runs that end together each keep their own end; who no longer holds one ends nothing", async () => {
  const ids = await Promise.all([...ends.map(heldRun), heldRun()]);
  const held = (at: number, owner = `me/${ids[at]}`) => ({ id: ids[at]!, workspaceId: tenant.workspace.id, owner });
  const last = ends.length;
  const settled = await Promise.all([
    ...ends.map((outcome, at) => settleRun(held(at), outcome, at % 2 === 0 ? 40 + at : undefined)),
    // The same run, by a holder of before and by the one of now.
    settleRun(held(last, "before"), failed, 90),
    settleRun(held(last), { kind: "completed", output: "mine" }, 50),
  ]);
  expect(settled).toEqual([...ends.map(() => true), false, true]);
  for (const [at, outcome] of ends.entries()) {
    const reason = "reason" in outcome ? outcome.reason : null;
    const rev = at % 2 === 0 ? 40 + at : 2;
    const data = { status: outcome.kind, ...(reason === null ? {} : { reason }) };
    const output = outcome.kind === "completed" && outcome.output !== null ? JSON.stringify(outcome.output) : null;
    expect(await stored(ids[at]!)).toEqual({
      status: outcome.kind,
      reason,
      error: outcome.kind === "failed" ? outcome.error : null,
      output,
      ended: [
        ...[true, true, true, true, rev, true, [], 0, "0"],
        [
          ["run.created", { status: "pending" }],
          [`run.${outcome.kind}`, data],
        ],
      ],
    });
  }
  expect(await stored(ids[last]!)).toMatchObject({ status: "completed", output: '"mine"', error: null });
});
