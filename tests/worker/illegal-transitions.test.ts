import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database, rawClient } from "#/db/client.ts";
import { isFinal, reasonsOf, runStatuses, type RunStatus, type StatusReason } from "#/lib/contract/status.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { claimRun, ownerToken } from "#/lib/runs/claim-store.ts";
import { mayChange } from "#/lib/runs/lifecycle.ts";
import { lockRun } from "#/lib/runs/run-store.ts";
import { requeue, settleIn, type Outcome } from "#/lib/runs/settle-run.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";
import { storedRun } from "#/tests/support/worker-fleet.ts";

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

/** A run whose row stands in this status, as the engine would have left it; `admitted` tempts whoever claims. */
async function runIn(status: RunStatus): Promise<string> {
  const { id } = await triggerRun(tenant.system, "idle", {}, "api");
  const reason = reasonsOf[status][0] ?? null;
  const final = isFinal(status);
  await rawClient()`update runs set status = ${status}, status_reason = ${reason},
    finished_at = case when ${final} then now() end, admitted_at = case when ${final} then null else admitted_at end
    where id = ${id}`;
  return id;
}

const outcomes: Record<Exclude<RunStatus, "pending" | "running">, Outcome> = {
  waiting: { kind: "waiting", reason: "timer", wakeAt: null, reasons: ["timer"] },
  paused: { kind: "paused" },
  completed: { kind: "completed", output: { done: true } },
  failed: {
    kind: "failed",
    reason: "error" satisfies StatusReason,
    error: { code: "step_failed", message: "no", nodeId: null, spanId: null },
  },
  cancelled: { kind: "cancelled", reason: "user" },
};

/** Everything that writes a status, by the status that it writes: claiming, queueing again, letting go. */
async function attempt(id: string, to: RunStatus): Promise<unknown> {
  const held = { id, workspaceId: tenant.workspace.id };
  if (to === "running") return claimRun(id, ownerToken("3f0f1d38-0000-0000-0000-000000000000"));
  return database().transaction(async (tx) => {
    if (to !== "pending") return settleIn(tx, held, outcomes[to]);
    const run = await lockRun(tx, held.workspaceId, id);
    return run && requeue(tx, run);
  });
}

const pairs = runStatuses.flatMap((from) => runStatuses.map((to): [RunStatus, RunStatus] => [from, to]));

describe("a change of status that the table does not allow cannot be written", () => {
  const illegal = pairs.filter(([from, to]) => !mayChange(from, to));
  test.each(illegal)("%s → %s", async (from, to) => {
    const id = await runIn(from);
    const before = await storedRun(id);
    expect(await attempt(id, to)).toBeOneOf([false, null]);
    expect(await storedRun(id)).toBe(before);
  });
});

/** Written by nothing that is tried here: `pending` → `pending` is a change of reason. */
const elsewhere = new Set(["pending → pending"]);

describe("a change that the table allows can be written, and is told by one event", () => {
  const legal = pairs.filter(([from, to]) => mayChange(from, to) && !elsewhere.has(`${from} → ${to}`));
  test.each(legal)("%s → %s", async (from, to) => {
    const id = await runIn(from);
    expect(await attempt(id, to)).not.toBeOneOf([false, null]);
    const [run] = await rawClient()`select status, rev from runs where id = ${id}`;
    const [event] = await rawClient()`select max(seq) as seq, count(*)::int as n from run_events where run_id = ${id}`;
    expect([run, event]).toEqual([
      { status: to, rev: 2 },
      { seq: 2, n: 2 },
    ]);
  });
});
