import { describe, expect, test } from "vitest";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { ordersStage } from "#/tests/support/orders-stage.ts";
import { readTrace } from "#/tests/support/read-trace.ts";

const stage = ordersStage({ TOKEN: { value: "sesame-open-123", secret: true } });

const refundFlow = {
  name: "refund",
  input: { type: "object", required: ["orderId"], properties: { orderId: { type: "string" } } },
  nodes: [
    { id: "lookup", type: "tool", http: { method: "GET", url: "{{ env.ORDERS_URL }}/orders/{{ trigger.orderId }}" } },
    {
      id: "sum",
      type: "transform",
      needs: ["lookup"],
      value: { id: "{{ nodes.lookup.output.id }}", amount: "{{ 100 + 23 }}" },
    },
    {
      id: "skipped",
      type: "transform",
      needs: ["sum"],
      when: "nodes.sum.output.amount > 1000",
      value: 1,
    },
    { id: "after_skipped", type: "transform", needs: ["skipped"], value: 2 },
    {
      id: "refund",
      type: "tool",
      needs: ["sum"],
      http: {
        method: "POST",
        url: "{{ env.ORDERS_URL }}/refunds",
        headers: { authorization: "Bearer {{ env.TOKEN }}" },
        body: {
          orderId: "{{ trigger.orderId }}",
          amountCents: "{{ nodes.sum.output.amount }}",
          reason: "{{ env.TOKEN }}",
        },
      },
    },
  ],
  output: { refund: "{{ nodes.refund.output }}" },
};

describe("a run", () => {
  test("executes its graph, records every step, and its replay changes nothing in the world", async () => {
    await push(stage.tenant.system, "refund", refundFlow);
    const orderId = "1001";
    const before = stage.orders.ledger.refunds.length;
    const accepted = await triggerRun(stage.tenant.system, "refund", { payload: { orderId } }, "api");
    const run = await finished(stage.tenant.system, accepted.id);
    expect(run.error).toBeNull();
    expect(run.status).toBe("completed");
    expect(run.effects.live).toBe(1);
    expect(stage.orders.ledger.refunds).toHaveLength(before + 1);

    const { data: steps } = await listSteps(stage.tenant.system, run.id);
    expect(Object.fromEntries(steps.map((step) => [step.nodeId, step.status]))).toEqual({
      lookup: "completed",
      sum: "completed",
      skipped: "skipped",
      after_skipped: "skipped",
      refund: "completed",
    });
    const refundStep = steps.find((step) => step.nodeId === "refund");
    const span = await readSpan(stage.tenant.system, run.id, refundStep?.spanId ?? "");
    expect(JSON.stringify(span)).not.toContain("sesame");
    expect(span.effect).toMatchObject({ verdict: "live", mutating: true });

    const events = await readEvents(stage.tenant.system, run.id, 0);
    expect(events.final).toBe(true);
    expect(events.data.map((event) => event.seq)).toEqual(events.data.map((_, index) => index + 1));
    const trace = await readTrace(stage.tenant.system, run.id);
    expect(trace.count).toBe(5);

    const replay = await submitReplay(stage.tenant.system, run.id, {});
    expect(replay).toMatchObject({ replayOf: run.id, rootRun: run.id, depth: 1, mode: "as_is" });
    const again = await finished(stage.tenant.system, replay.id);
    expect(again.status).toBe("completed");
    expect(again.output).toEqual(run.output);
    expect(again.effects).toMatchObject({ live: 0, dryRunRecorded: 1 });
    expect(stage.orders.ledger.refunds).toHaveLength(before + 1);
  });

  test("calls a model through the real SDK and records tokens and cost", async () => {
    await push(stage.tenant.system, "ask", {
      name: "ask",
      nodes: [
        {
          id: "ask",
          type: "model",
          model: "anthropic:claude-haiku-4-5",
          prompt: { text: "Say something about {{ trigger.topic }}." },
        },
      ],
      output: "{{ nodes.ask.output }}",
    });
    const accepted = await triggerRun(stage.tenant.system, "ask", { payload: { topic: "parcels" } }, "api");
    const run = await finished(stage.tenant.system, accepted.id);
    expect(run.error).toBeNull();
    expect(typeof run.output).toBe("string");
    expect(run.usage.inputTokens).toBeGreaterThan(0);
    expect(run.costMicros).toBeGreaterThan(0);
    expect(run.models).toEqual(["anthropic:claude-haiku-4-5"]);
  });

  test("fails with a readable cause, naming the step", async () => {
    const accepted = await triggerRun(stage.tenant.system, "refund", { payload: { orderId: "nope" } }, "api");
    const run = await finished(stage.tenant.system, accepted.id);
    expect(run).toMatchObject({ status: "failed", statusReason: "error" });
    expect(run.error).toMatchObject({ code: "tool_http_error", nodeId: "lookup" });
    expect(run.error?.spanId).toMatch(/^span_/);
  });

  test("a payload that does not fit the input schema is refused with its path", async () => {
    await expect(triggerRun(stage.tenant.system, "refund", { payload: {} }, "api")).rejects.toMatchObject({
      code: "payload_invalid",
    });
  });
});
