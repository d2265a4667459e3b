import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readLogs } from "#/lib/runs/read-logs.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { push } from "#/tests/support/engine.ts";
import { readTrace } from "#/tests/support/read-trace.ts";
import { openStage, recorded, replayed, runOf, tenantOf, type Stage } from "#/tests/support/replay-stage.ts";
import type { Tenant } from "#/tests/support/tenants.ts";

let stage: Stage;
let tenant: Tenant;
beforeAll(async () => {
  stage = await openStage();
  tenant = await tenantOf(stage);
  await push(tenant.system, "order", {
    name: "order",
    tools: {
      look: { http: { method: "GET", url: "{{ env.SHOP }}/items/{{ args.id }}", headers: { "x-a": "{{ args.h }}" } } },
    },
    nodes: [
      { id: "lookup", type: "tool", http: { method: "GET", url: "{{ env.SHOP }}/orders/{{ trigger.id }}" } },
      {
        id: "item",
        type: "tool",
        needs: ["lookup"],
        tool: "look",
        arguments: { id: "{{ trigger.item }}", h: "{{ trigger.h }}" },
      },
    ],
  });
});
afterAll(() => stage?.close());
beforeEach(() => stage.shop.forget());

test("values of a payload and arguments of a tool stay one segment of the path", async () => {
  const run = await runOf(tenant.system, "order", { id: "../stats", item: "%2e%2e/x?y#z", h: "1" });
  expect(run).toMatchObject({ status: "completed", error: null });
  expect(stage.shop.sent().map(({ path }) => path)).toEqual(["/orders/..%2Fstats", "/items/%252e%252e%2Fx%3Fy%23z"]);
});

test.each([
  [{ id: "..", item: "1", h: "1" }, "lookup", "{{ env.SHOP }}/orders/{{ trigger.id }}", 0],
  [{ id: "", item: "1", h: "1" }, "lookup", "{{ env.SHOP }}/orders/{{ trigger.id }}", 0],
  [{ id: "1", item: "%2E.", h: "1" }, "item", "{{ env.SHOP }}/items/{{ args.id }}", 1],
  [{ id: "1", item: "1", h: "a\r\nb: c" }, "item", "x-a", 1],
])("what would be another request is refused before it leaves: %j", async (payload, node, named, sent) => {
  const run = await runOf(tenant.system, "order", payload);
  expect(run).toMatchObject({ status: "failed", error: { code: "tool_request_refused", nodeId: node } });
  expect(run.error?.message).toContain(`${node}: `);
  expect(run.error?.message).toContain(named);
  expect(stage.shop.sent()).toHaveLength(sent);
});

describe("idempotency keys", () => {
  const get = (id: string, change: object, needs: string[] = []) => ({
    ...{ id, type: "tool", needs, http: { method: "GET", url: `{{ env.SHOP }}/${id}` } },
    ...change,
  });
  test("go with every mutating call, whatever its method, and with no other", async () => {
    await recorded(tenant.system, "keys", {
      name: "keys",
      tools: { marked: { http: { method: "GET", url: "{{ env.SHOP }}/tool" }, mutating: true } },
      nodes: [
        get("plain", {}),
        get("marked", { mutating: true }),
        get("own", {
          mutating: true,
          http: { method: "GET", url: "{{ env.SHOP }}/own", headers: { "Idempotency-Key": "mine" } },
        }),
        get("override", { http: { method: "GET", url: "{{ env.SHOP }}/override?_method=delete" } }),
        get("head", { http: { method: "HEAD", url: "{{ env.SHOP }}/head" } }),
        get("post", { http: { method: "POST", url: "{{ env.SHOP }}/post" } }),
        { id: "tool", type: "tool", tool: "marked" },
        { id: "built", type: "tool", builtin: "http.get", mutating: true, arguments: { url: "{{ env.SHOP }}/built" } },
        { id: "read", type: "tool", builtin: "http.get", arguments: { url: "{{ env.SHOP }}/read" } },
      ],
    });
    const keys = Object.fromEntries(
      stage.shop.sent().map(({ path, headers }) => [path.split("?")[0]?.slice(1), headers["idempotency-key"] ?? null]),
    );
    expect(keys).toEqual({
      ...{ plain: null, head: null, read: null, own: "mine" },
      ...Object.fromEntries(
        ["marked", "override", "post", "tool", "built"].map((name) => [name, expect.stringMatching(/^run_.+:.+:1$/)]),
      ),
    });
  });
});

test("credentials in URLs and headers are shown nowhere, and the steps behind get what was answered", async () => {
  const { system } = tenant;
  const url = "{{ env.SHOP }}/shown?page=2&api_key=SENTINEL1&token={{ trigger.t }}#access_token=SENTINEL5";
  const http = { method: "POST", url, query: { signature: "SENTINEL3" }, headers: { "x-shop-token": "SENTINEL4" } };
  const run = await recorded(
    system,
    "masked",
    {
      name: "masked",
      nodes: [
        { id: "shown", type: "tool", http },
        { id: "builtin", type: "tool", builtin: "http.get", arguments: { url: "{{ env.SHOP }}/b?sig=SENTINEL6" } },
      ],
      output: "{{ nodes.shown.output.path }}",
    },
    { t: "SENTINEL2" },
  );
  expect(run.output).toBe("/shown?page=2&api_key=SENTINEL1&token=SENTINEL2&signature=SENTINEL3");
  const replay = await replayed(system, run.id);
  expect(replay.output).toBe(run.output);
  const shown: unknown[] = [(await preflightReplay(system, run.id, {})).plan.calls];
  for (const { id } of [run, replay]) {
    const { data } = await listSteps(system, id);
    for (const { spanId } of data) shown.push(await readSpan(system, id, spanId ?? ""));
    shown.push(await readTrace(system, id), await readLogs(system, id, { filter: {}, limit: 100 }));
  }
  const text = JSON.stringify(shown);
  expect(text).not.toContain("SENTINEL");
  expect(text).toContain("/shown?page=2&api_key=[redacted]&token=[redacted]");
});
