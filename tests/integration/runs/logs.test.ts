import { describe, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import type { LogLine } from "#/lib/contract/log.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { readLogs } from "#/lib/runs/read-logs.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { approve, finished, push } from "#/tests/support/engine.ts";
import { ordersStage } from "#/tests/support/orders-stage.ts";
import { createTenant } from "#/tests/support/tenants.ts";

const secret = "sesame-open-4711";

const stage = ordersStage({ TOKEN: { value: secret, secret: true } });

const run = async (slug: string) => (await triggerRun(stage.tenant.system, slug, { payload: {} }, "api")).id;
const all = async (id: string, filter = {}) => (await readLogs(stage.tenant.system, id, { filter, limit: 100 })).data;
const messages = (lines: LogLine[]) => lines.map((line) => `${line.level} ${line.nodeId} ${line.message}`);

describe("log lines of a run", () => {
  test("tell of tool requests, the gate, attempts with their backoff, model calls, items and approvals", async () => {
    await push(stage.tenant.system, "telling", {
      name: "telling",
      nodes: [
        {
          id: "look",
          type: "tool",
          http: { method: "GET", url: "{{ env.ORDERS_URL }}/orders/1001?t={{ env.TOKEN }}" },
        },
        {
          id: "each",
          type: "map",
          needs: ["look"],
          over: "{{ [1, 2, 3] }}",
          as: "n",
          concurrency: 2,
          nodes: [{ id: "double", type: "transform", value: "{{ n * 2 }}" }],
        },
        {
          id: "say",
          type: "model",
          needs: ["each"],
          model: "anthropic:claude-haiku-4-5",
          prompt: { text: "Say something." },
        },
        { id: "ask", type: "wait", needs: ["say"], approval: { title: "Go on?" } },
        {
          id: "pay",
          type: "tool",
          needs: ["ask"],
          http: { method: "POST", url: "{{ env.ORDERS_URL }}/refunds", body: { orderId: "1001", amountCents: 1 } },
        },
      ],
    });
    const id = await run("telling");
    await approve(stage.tenant.system, id);
    await finished(stage.tenant.system, id);
    const steps = await listSteps(stage.tenant.system, id);
    const lines = await all(id);
    expect(messages(lines)).toEqual([
      expect.stringMatching(/^info look GET \/orders\/1001 answered 200 in \d+ ms$/),
      "info each 3 items, 2 at once",
      expect.stringMatching(/^info say anthropic:claude-haiku-4-5 answered in \d+ ms \(end\), \d+ tokens in, \d+ out$/),
      "info ask Approval requested: Go on?",
      "info ask Approved",
      expect.stringMatching(/^info pay POST \/refunds: live \(.+\)$/),
      expect.stringMatching(/^info pay POST \/refunds answered 201 in \d+ ms$/),
    ]);
    expect(lines[0]?.data).toMatchObject({ method: "GET", path: "/orders/1001", status: 200 });
    expect(lines[0]?.spanId).toBe(steps.data.find((step) => step.nodeId === "look")?.spanId);
    expect(JSON.stringify(lines)).not.toContain(secret);

    const replay = await submitReplay(stage.tenant.system, id, { mode: "as_is", fromNodeId: "pay" });
    await finished(stage.tenant.system, replay.id);
    expect(messages(await all(replay.id))).toEqual([
      expect.stringMatching(/^info pay POST \/refunds: not sent, dry_run_recorded \(.+\)$/),
    ]);
  });

  test("name each failed attempt, when the next one starts, and the end; without the secret in the answer", async () => {
    await push(stage.tenant.system, "failing", {
      name: "failing",
      nodes: [
        {
          id: "look",
          type: "tool",
          http: { method: "GET", url: "{{ env.ORDERS_URL }}/{{ env.TOKEN }}" },
          retry: { maxAttempts: 2, backoffMs: 20 },
        },
        {
          id: "gone",
          type: "tool",
          http: { method: "GET", url: "http://127.0.0.1:1/{{ env.TOKEN }}" },
          retry: { maxAttempts: 2, backoffMs: 20 },
        },
      ],
    });
    const id = await run("failing");
    await finished(stage.tenant.system, id);
    const lines = await all(id);
    const text = JSON.stringify(lines);
    expect(text).not.toContain(secret);
    expect(lines.some((line) => line.level === "error")).toBe(true);
    const above = await all(id, { level: "error" });
    expect(above.every((line) => line.level === "error")).toBe(true);
    const [first] = above;
    expect((await all(id, { spanId: first?.spanId })).every((line) => line.nodeId === first?.nodeId)).toBe(true);
  });

  test("cost a transform nothing, and leave the run's events without gaps", async () => {
    await push(stage.tenant.system, "quiet", {
      name: "quiet",
      nodes: [{ id: "one", type: "transform", value: 1 }],
    });
    const id = await run("quiet");
    await finished(stage.tenant.system, id);
    expect(await all(id)).toEqual([]);
    const { data } = await readEvents(stage.tenant.system, id, 0);
    expect(data.map((event) => event.seq)).toEqual(data.map((_, index) => index + 1));
  });

  test("come in pages that neither repeat nor miss a line, and only to the run's workspace", async () => {
    await push(stage.tenant.system, "many", {
      name: "many",
      nodes: Array.from({ length: 9 }, (_, index) => ({
        id: `get_${index}`,
        type: "tool",
        http: { method: "GET", url: "{{ env.ORDERS_URL }}/orders/1001" },
      })),
    });
    const id = await run("many");
    await finished(stage.tenant.system, id);
    const seen: number[] = [];
    for (let after: number | undefined; ;) {
      const page = await readLogs(stage.tenant.system, id, { filter: { after }, limit: 2 });
      seen.push(...page.data.map((line) => line.seq));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toHaveLength(9);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    const other = await createTenant();
    await expect(readLogs(other.system, id, { filter: {}, limit: 10 })).rejects.toMatchObject({ code: "not_found" });
    const [row] = await rawClient()`select count(*)::int as count from run_logs where run_id = ${id}`;
    expect(row?.["count"]).toBe(9);
  });
});
