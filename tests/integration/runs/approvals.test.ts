import { describe, expect, test } from "vitest";
import { placeContent } from "#/lib/demo/place-content.ts";
import { decideApproval } from "#/lib/runs/decide-approval.ts";
import { listApprovals } from "#/lib/runs/list-approvals.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push, reached } from "#/tests/support/engine.ts";
import { ordersStage } from "#/tests/support/orders-stage.ts";
import { createTenant } from "#/tests/support/tenants.ts";

const stage = ordersStage();

describe("the demo's weekly refund review", () => {
  test("assesses each flagged order in a run of its own, asks once for all of them, and books what was approved", async () => {
    await placeContent(stage.tenant.system);
    const { id } = await triggerRun(stage.tenant.system, "weekly-refund-review", { payload: {} }, "api");
    await reached(stage.tenant.system, id, "waiting", "approval");
    const { data } = await listApprovals(await stage.tenant.as("viewer"), id);
    expect(data).toHaveLength(1);
    expect(data[0]?.title).toMatch(/^Approve [1-9]\d* refunds$/);
    expect(stage.orders.ledger.refunds).toHaveLength(0);
    const [open] = data;
    await decideApproval(await stage.tenant.as("operator"), id, open?.spanId ?? "", {
      decision: "approve",
      comment: "Fine.",
    });
    const done = await finished(stage.tenant.system, id);
    expect(done).toMatchObject({
      status: "completed",
      output: { decision: { decision: "approve", comment: "Fine." } },
    });
    expect(`Approve ${stage.orders.ledger.refunds.length} refunds`).toBe(open?.title);
    expect((await listApprovals(stage.tenant.system, id)).data).toEqual([]);
    await expect(
      decideApproval(stage.tenant.system, id, open?.spanId ?? "", { decision: "reject" }),
    ).rejects.toMatchObject({
      code: "run_final",
    });
  });

  test("books nothing when the approval is refused", async () => {
    const before = stage.orders.ledger.refunds.length;
    const { id } = await triggerRun(stage.tenant.system, "weekly-refund-review", { payload: {} }, "api");
    await reached(stage.tenant.system, id, "waiting", "approval");
    const [open] = (await listApprovals(stage.tenant.system, id)).data;
    await decideApproval(stage.tenant.system, id, open?.spanId ?? "", { decision: "reject" });
    expect(await finished(stage.tenant.system, id)).toMatchObject({ status: "completed" });
    expect(stage.orders.ledger.refunds).toHaveLength(before);
  });
});

describe("an approval", () => {
  test("is not a timer, and not another workspace's to see or decide", async () => {
    await push(stage.tenant.system, "both", {
      name: "both",
      nodes: [
        { id: "timer", type: "wait", durationMs: 60_000 },
        { id: "ask", type: "wait", approval: { title: "{{ run.workflow }}?" } },
      ],
    });
    const { id } = await triggerRun(stage.tenant.system, "both", { payload: {} }, "api");
    await reached(stage.tenant.system, id, "waiting", "approval");
    const { data } = await listApprovals(stage.tenant.system, id);
    expect(data.map(({ nodeId, title }) => ({ nodeId, title }))).toEqual([{ nodeId: "ask", title: "both?" }]);
    const timer = (await listSteps(stage.tenant.system, id)).data.find((step) => step.nodeId === "timer");
    await expect(
      decideApproval(stage.tenant.system, id, timer?.spanId ?? "", { decision: "approve" }),
    ).rejects.toMatchObject({ code: "not_found" });
    const other = await createTenant();
    await expect(listApprovals(other.system, id)).rejects.toMatchObject({ code: "not_found" });
    await expect(
      decideApproval(other.system, id, data[0]?.spanId ?? "", { decision: "approve" }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      decideApproval(await stage.tenant.as("viewer"), id, data[0]?.spanId ?? "", { decision: "approve" }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });
});
