import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { placeContent } from "#/lib/demo/place-content.ts";
import { startOrders } from "#/lib/demo/orders/server.ts";
import { startProvider } from "#/lib/demo/provider/server.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listApprovals } from "#/lib/runs/list-approvals.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { finished, push, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let orders: Awaited<ReturnType<typeof startOrders>>;
let provider: Awaited<ReturnType<typeof startProvider>>;
let worker: Awaited<ReturnType<typeof startWorker>>;
let tenant: Tenant;

beforeAll(async () => {
  orders = await startOrders();
  provider = await startProvider({ speed: 0 });
  process.env["REPRISE_EGRESS_ALLOW"] = new URL(orders.url).host;
  process.env["ANTHROPIC_API_KEY"] = "test";
  process.env["ANTHROPIC_BASE_URL"] = provider.url;
  worker = await startWorker();
  tenant = await createTenant();
  await putVariables(tenant.system, "production", { variables: { ORDERS_URL: orders.url } });
});
afterAll(async () => {
  await worker?.stop();
  await Promise.all([orders?.close(), provider?.close()]);
});

async function waits(id: string, reason: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const run = await getRun(tenant.system, id);
    if (run.statusReason === reason) return;
    if (run.finishedAt) throw new Error(`run ended as ${run.status}: ${JSON.stringify(run.error)}`);
    await sleep(20);
  }
  throw new Error(`run ${id} never waited for ${reason}`);
}

describe("the demo's weekly refund review", () => {
  test("assesses each flagged order in a run of its own, asks once for all of them, and books what was approved", async () => {
    await placeContent(tenant.system);
    const { id } = await triggerRun(tenant.system, "weekly-refund-review", { payload: {} }, "api");
    await waits(id, "approval");
    const { data } = await listApprovals(await tenant.as("viewer"), id);
    expect(data).toHaveLength(1);
    expect(data[0]?.title).toMatch(/^Approve [1-9]\d* refunds$/);
    expect(orders.ledger.refunds).toHaveLength(0);
    const [open] = data;
    await decideApproval(await tenant.as("operator"), id, open?.spanId ?? "", {
      decision: "approve",
      comment: "Fine.",
    });
    const done = await finished(tenant.system, id);
    expect(done).toMatchObject({
      status: "completed",
      output: { decision: { decision: "approve", comment: "Fine." } },
    });
    expect(`Approve ${orders.ledger.refunds.length} refunds`).toBe(open?.title);
    expect((await listApprovals(tenant.system, id)).data).toEqual([]);
    await expect(decideApproval(tenant.system, id, open?.spanId ?? "", { decision: "reject" })).rejects.toMatchObject({
      code: "run_final",
    });
  });

  test("books nothing when the approval is refused", async () => {
    const before = orders.ledger.refunds.length;
    const { id } = await triggerRun(tenant.system, "weekly-refund-review", { payload: {} }, "api");
    await waits(id, "approval");
    const [open] = (await listApprovals(tenant.system, id)).data;
    await decideApproval(tenant.system, id, open?.spanId ?? "", { decision: "reject" });
    expect(await finished(tenant.system, id)).toMatchObject({ status: "completed" });
    expect(orders.ledger.refunds).toHaveLength(before);
  });
});

describe("an approval", () => {
  test("is not a timer, and not another workspace's to see or decide", async () => {
    await push(tenant.system, "both", {
      name: "both",
      nodes: [
        { id: "timer", type: "wait", durationMs: 60_000 },
        { id: "ask", type: "wait", approval: { title: "{{ run.workflow }}?" } },
      ],
    });
    const { id } = await triggerRun(tenant.system, "both", { payload: {} }, "api");
    await waits(id, "approval");
    const { data } = await listApprovals(tenant.system, id);
    expect(data.map(({ nodeId, title }) => ({ nodeId, title }))).toEqual([{ nodeId: "ask", title: "both?" }]);
    const timer = (await listSteps(tenant.system, id)).data.find((step) => step.nodeId === "timer");
    await expect(decideApproval(tenant.system, id, timer?.spanId ?? "", { decision: "approve" })).rejects.toMatchObject(
      { code: "not_found" },
    );
    const other = await createTenant();
    await expect(listApprovals(other.system, id)).rejects.toMatchObject({ code: "not_found" });
    await expect(
      decideApproval(other.system, id, data[0]?.spanId ?? "", { decision: "approve" }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      decideApproval(await tenant.as("viewer"), id, data[0]?.spanId ?? "", { decision: "approve" }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });
});
