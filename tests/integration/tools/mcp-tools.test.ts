import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { preflightReplay } from "#/lib/replay/preflight-replay.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { readSpan } from "#/lib/runs/read-span.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { listTools } from "#/lib/tools/list-tools.ts";
import { markTool } from "#/lib/tools/mark-tool.ts";
import {
  createMcpServer,
  deleteMcpServer,
  listMcpServers,
  refreshMcpServer,
  updateMcpServer,
} from "#/lib/tools/mcp-servers.ts";
import { push } from "#/tests/support/engine.ts";
import { type Generation, type McpTestServer, startMcpServer } from "#/tests/support/mcp-server.ts";
import { openStage, recorded, replayed, runOf, type Stage, tenantOf } from "#/tests/support/replay-stage.ts";

let stage: Stage;
let bank: McpTestServer;
const older: Record<string, McpTestServer> = {};
beforeAll(async () => {
  stage = await openStage();
  bank = await startMcpServer();
  older["2025-11-25"] = await startMcpServer("2025-11-25");
  older["2026-07-28"] = await startMcpServer("2026-07-28");
  const hosts = [bank, ...Object.values(older)].map((server) => server.host);
  process.env["REPRISE_EGRESS_ALLOW"] = [process.env["REPRISE_EGRESS_ALLOW"], ...hosts].join(",");
});
afterAll(async () => {
  await Promise.all([bank, ...Object.values(older)].map((server) => server?.close()));
  await stage?.close();
});
beforeEach(() => {
  bank.forget();
  Object.assign(bank.state, {
    balanceHint: true,
    balanceText: "Reads a balance",
    breakCalls: false,
    balance: "12",
    status: 0,
    onList: null,
  });
});

const own = (id: string, tool: string, args: object, change: object = {}) => ({
  id,
  type: "tool",
  mcp: { server: "bank", tool },
  arguments: args,
  ...change,
});
const balance = own("look", "read_balance", { account: "{{ trigger.account }}" });
const send = own("pay", "send_money", { account: "{{ trigger.account }}", cents: 5 });
const payload = { account: "a-1" };

async function workspaceWithBank(server = bank) {
  const tenant = await tenantOf(stage);
  const added = await createMcpServer(tenant.system, {
    name: "bank",
    url: server.url,
    headers: { "x-bank-key": "sesame-1234567" },
  });
  return { ...tenant, added };
}
const toolNamed = async (ctx: Ctx, name: string) => {
  const found = (await listTools(ctx)).find((tool) => tool.name === name);
  if (!found) throw new Error(`no tool ${name}`);
  return found;
};
const stepOf = async (ctx: Ctx, runId: string, nodeId: string) =>
  (await listSteps(ctx, runId)).data.find((step) => step.nodeId === nodeId);

describe("an MCP server", () => {
  test.each<Generation>(["2025-11-25", "2026-07-28"])("of generation %s is listed and called", async (generation) => {
    const server = older[generation] as McpTestServer;
    const { system, added } = await workspaceWithBank(server);
    expect(added).toMatchObject({ trusted: false, protocolVersion: generation, headerNames: ["x-bank-key"] });
    expect(added.tools.map((tool) => tool.name)).toEqual(["echo_headers", "fail", "read_balance", "send_money"]);
    const run = await recorded(
      system,
      "flow",
      { name: "flow", nodes: [balance], output: "{{ nodes.look.output }}" },
      payload,
    );
    expect(run).toMatchObject({ status: "completed", output: { account: "a-1", balance: 12 } });
    expect(server.calls("read_balance")).toHaveLength(1);
    const paid = await recorded(system, "pay", { name: "pay", nodes: [send] }, { account: "kontö 7" });
    expect(paid).toMatchObject({ status: "completed" });
    // Sent once: the header that the definition asks for is there from the start.
    expect(server.calls("send_money")).toHaveLength(1);
    expect(server.requests.every(({ headers }) => headers["x-bank-key"] === "sesame-1234567")).toBe(true);
  });

  test("is not trusted at first: every tool is mutating, whatever it says of itself", async () => {
    const { added } = await workspaceWithBank();
    expect(added.tools.map(({ mutating }) => mutating)).toEqual([true, true, true, true]);
    expect(added.tools.find((tool) => tool.name === "read_balance")?.why).toContain("not trusted");
    expect(added.tools.find((tool) => tool.name === "send_money")?.why).toContain("does not declare");
  });

  test("leaves no query of its address in the audit log, where people put keys", async () => {
    const { system } = await tenantOf(stage);
    const url = (key: string) => `${bank.url}?key=${key}`;
    const { id } = await createMcpServer(system, { name: "bank", url: url("sesame-1") });
    await updateMcpServer(system, id, { trusted: true });
    await updateMcpServer(system, id, { url: url("sesame-2") });
    await deleteMcpServer(system, id);
    const { data } = await listAuditEvents(system, { filter: { target: id }, limit: 20, after: null });
    expect(data.length).toBeGreaterThanOrEqual(4);
    expect(JSON.stringify(data)).toContain(bank.url);
    expect(JSON.stringify(data)).not.toContain("sesame");
  });

  test("at a private address is refused, and nothing is stored", async () => {
    const { system } = await tenantOf(stage);
    for (const url of ["http://127.0.0.1:1/mcp", "http://169.254.169.254/mcp", "http://[::1]:9/mcp"])
      await expect(createMcpServer(system, { name: "x", url })).rejects.toMatchObject({ code: "tool_request_refused" });
    expect(await listMcpServers(system)).toEqual([]);
  });

  test("that answers with an error or is no MCP server is refused without its headers in the message", async () => {
    const { system } = await tenantOf(stage);
    bank.state.status = 500;
    const refusal = await createMcpServer(system, {
      name: "bank",
      url: bank.url,
      headers: { authorization: "Bearer sesame-1234567" },
    }).catch((error: unknown) => error as Error & { code: string });
    expect(refusal).toMatchObject({ code: "tool_http_error" });
    expect(JSON.stringify([(refusal as Error).message, (refusal as Error).stack])).not.toContain("sesame");
    await expect(createMcpServer(system, { name: "shop", url: stage.shop.url })).rejects.toMatchObject({
      code: expect.stringMatching(/^tool_/),
    });
    expect(await listMcpServers(system)).toEqual([]);
  });

  test("asks for its headers again when its address changes, and is no longer trusted then", async () => {
    const { system, added } = await workspaceWithBank();
    await updateMcpServer(system, added.id, { trusted: true });
    const other = older["2026-07-28"] as McpTestServer;
    await expect(updateMcpServer(system, added.id, { url: other.url })).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "body.headers" }],
    });
    other.forget();
    const moved = await updateMcpServer(system, added.id, {
      url: other.url,
      headers: { "x-bank-key": "another-1234567" },
    });
    expect(moved).toMatchObject({ url: other.url, trusted: false });
    expect(moved.tools.every(({ mutating }) => mutating)).toBe(true);
    expect(other.requests.every(({ headers }) => headers["x-bank-key"] === "another-1234567")).toBe(true);
  });

  test("another address ends an admin's read-only marks too, and keeps those that raise", async () => {
    const { system, added } = await workspaceWithBank();
    const [reading, paying] = [await toolNamed(system, "read_balance"), await toolNamed(system, "send_money")];
    const run = await recorded(system, "flow", { name: "flow", nodes: [send] }, payload);
    await markTool(system, paying.id ?? "", true);
    await markTool(system, reading.id ?? "", false);
    const other = older["2026-07-28"] as McpTestServer;
    const headers = { "x-bank-key": "another-1234567" };
    await updateMcpServer(system, added.id, { url: other.url, headers });
    expect([await toolNamed(system, "send_money"), await toolNamed(system, "read_balance")]).toMatchObject([
      { mutating: true, readOnly: null },
      { mutating: true, readOnly: false },
    ]);
    const { data } = await listAuditEvents(system, { filter: { target: paying.id ?? "" }, limit: 1, after: null });
    expect(data[0]).toMatchObject({ action: "tool.override_changed", details: { before: true, after: null } });
    other.forget();
    expect((await replayed(system, run.id)).effects.dryRunRecorded).toBe(1);
    expect(other.calls("send_money")).toEqual([]);
  });

  test("belongs to its workspace: another one neither sees, marks nor calls its tools", async () => {
    const { added } = await workspaceWithBank();
    const stranger = await tenantOf(stage);
    const tool = added.tools[0];
    expect((await listTools(stranger.system)).filter(({ kind }) => kind === "mcp")).toEqual([]);
    await expect(markTool(stranger.system, tool?.id ?? "", true)).rejects.toMatchObject({ code: "not_found" });
    for (const change of [
      () => updateMcpServer(stranger.system, added.id, { trusted: true }),
      () => refreshMcpServer(stranger.system, added.id),
      () => deleteMcpServer(stranger.system, added.id),
    ])
      await expect(change()).rejects.toMatchObject({ code: "not_found" });
    await expect(push(stranger.system, "flow", { name: "flow", nodes: [balance] })).rejects.toMatchObject({
      code: "workflow_invalid",
      fields: [{ path: "nodes[0].mcp" }],
    });
  });
});

describe("a replay", () => {
  test("never contacts the server for a mutating call, and answers from the record", async () => {
    const { system } = await workspaceWithBank();
    const flow = { name: "flow", nodes: [send], output: "{{ nodes.pay.output }}" };
    const run = await recorded(system, "flow", flow, payload);
    expect(bank.calls("send_money")).toHaveLength(1);
    expect(bank.calls("send_money")[0]?._meta).toMatchObject({
      "reprise/idempotencyKey": expect.stringContaining(`${run.id}:pay`),
    });
    bank.forget();
    const replay = await replayed(system, run.id);
    expect(bank.requests).toEqual([]);
    expect(replay).toMatchObject({ status: "completed", output: run.output, effects: { live: 0, dryRunRecorded: 1 } });
    const step = await stepOf(system, replay.id, "pay");
    expect(step?.effect).toMatchObject({
      verdict: "dry_run_recorded",
      mutating: true,
      recordedFrom: { runId: run.id },
    });
  });

  test("without a record answers from the tool's own output schema", async () => {
    const { system } = await workspaceWithBank();
    const flow = { name: "flow", nodes: [send], output: "{{ nodes.pay.output }}" };
    const run = await recorded(system, "flow", flow, payload);
    bank.forget();
    const replay = await replayed(system, run.id, { payload: { account: "b-2" } });
    expect(bank.requests).toEqual([]);
    expect(replay).toMatchObject({ status: "completed", effects: { dryRunSimulated: 1, otherArguments: 1 } });
    expect(replay.output).toMatchObject({ transfer: expect.any(String), cents: expect.any(Number) });
  });

  test("makes the call once, and audits it, when the node opts in", async () => {
    const { system } = await workspaceWithBank();
    const node = { ...send, policies: { replay: { allowMutations: true } } };
    const run = await recorded(system, "flow", { name: "flow", nodes: [node] }, payload);
    bank.forget();
    const replay = await replayed(system, run.id);
    expect(bank.calls("send_money")).toHaveLength(1);
    expect(replay.effects.live).toBe(1);
    const audit = await listAuditEvents(system, { filter: { action: "tool.live_mutation" }, limit: 10, after: null });
    expect(audit.data).toHaveLength(1);
  });

  test("makes a call again that a trusted server says is read-only", async () => {
    const { system, added } = await workspaceWithBank();
    await updateMcpServer(system, added.id, { trusted: true });
    expect(await toolNamed(system, "read_balance")).toMatchObject({
      mutating: false,
      why: expect.stringContaining("trusted"),
    });
    expect(await toolNamed(system, "send_money")).toMatchObject({ mutating: true });
    const run = await recorded(system, "flow", { name: "flow", nodes: [balance, send] }, payload);
    bank.forget();
    const replay = await replayed(system, run.id);
    expect(replay.status).toBe("completed");
    expect(bank.calls("read_balance")).toHaveLength(1);
    expect(bank.calls("send_money")).toEqual([]);
  });

  test("trusts only the definitions that were looked at", async () => {
    const { system, added } = await workspaceWithBank();
    const seen = Object.fromEntries(added.tools.map(({ name, definitionHash }) => [name, definitionHash ?? ""]));
    bank.state.balanceText = "Reads a balance and moves it";
    await refreshMcpServer(system, added.id);
    const trust = (definitions: Record<string, string>) =>
      updateMcpServer(system, added.id, { trusted: true, definitions });
    await expect(trust(seen)).rejects.toMatchObject({ code: "conflict" });
    const { read_balance: _, ...fewer } = seen;
    await expect(trust(fewer)).rejects.toMatchObject({ code: "conflict" });
    expect(await toolNamed(system, "read_balance")).toMatchObject({ mutating: true });
    const { definitionHash } = await toolNamed(system, "read_balance");
    await trust({ ...seen, read_balance: definitionHash ?? "" });
    expect(await toolNamed(system, "read_balance")).toMatchObject({ mutating: false });
  });

  test("does not trust a definition that changed since, even one that nobody has read yet", async () => {
    const { system, added } = await workspaceWithBank();
    await updateMcpServer(system, added.id, { trusted: true });
    const run = await recorded(system, "flow", { name: "flow", nodes: [balance] }, payload);
    bank.forget();
    bank.state.balanceText = "Reads a balance and moves it";
    const replay = await replayed(system, run.id);
    expect(bank.calls("read_balance")).toEqual([]);
    expect(replay).toMatchObject({ status: "completed", effects: { live: 0, dryRunRecorded: 1 } });
    expect((await stepOf(system, replay.id, "look"))?.effect?.why).toContain("definition changed");
    expect(await toolNamed(system, "read_balance")).toMatchObject({ mutating: true, changedSinceTrusted: true });
    await updateMcpServer(system, added.id, { trusted: true });
    expect(await toolNamed(system, "read_balance")).toMatchObject({ mutating: false, changedSinceTrusted: false });
  });

  test("obeys what an admin says while the server is asked", async () => {
    for (const change of [
      (system: Ctx, id: string) => updateMcpServer(system, id, { trusted: false }),
      async (system: Ctx) => markTool(system, (await toolNamed(system, "read_balance")).id ?? "", false),
      (system: Ctx, id: string) => deleteMcpServer(system, id),
    ]) {
      const { system, added } = await workspaceWithBank();
      await updateMcpServer(system, added.id, { trusted: true });
      const run = await recorded(system, "flow", { name: "flow", nodes: [balance] }, payload);
      bank.forget();
      bank.state.onList = () => change(system, added.id);
      const replay = await replayed(system, run.id);
      bank.state.onList = null;
      expect(bank.calls("read_balance")).toEqual([]);
      expect(replay).toMatchObject({ status: "completed", effects: { live: 0, dryRunRecorded: 1 } });
    }
  });

  test("answers dry when the server cannot be asked whether its definition is still the trusted one", async () => {
    const { system, added } = await workspaceWithBank();
    await updateMcpServer(system, added.id, { trusted: true });
    const run = await recorded(system, "flow", { name: "flow", nodes: [balance] }, payload);
    bank.forget();
    bank.state.status = 503;
    const replay = await replayed(system, run.id);
    expect(bank.calls("read_balance")).toEqual([]);
    expect(replay).toMatchObject({ status: "completed", effects: { dryRunRecorded: 1 } });
  });

  test("obeys an admin's mark in both directions, from the next call on", async () => {
    const { system, added } = await workspaceWithBank();
    await updateMcpServer(system, added.id, { trusted: true });
    const [reading, paying] = [await toolNamed(system, "read_balance"), await toolNamed(system, "send_money")];
    const run = await recorded(system, "flow", { name: "flow", nodes: [balance, send] }, payload);
    await markTool(system, reading.id ?? "", false);
    await markTool(system, paying.id ?? "", true);
    bank.forget();
    const replay = await replayed(system, run.id);
    expect(replay.status).toBe("completed");
    expect(bank.calls("read_balance")).toEqual([]);
    expect(bank.calls("send_money")).toHaveLength(1);
    expect((await stepOf(system, replay.id, "look"))?.effect?.why).toContain("marked mutating by an admin");
    await markTool(system, paying.id ?? "", null);
    bank.forget();
    await replayed(system, run.id);
    expect(bank.calls("send_money")).toEqual([]);
    const history = await listAuditEvents(system, { filter: { target: paying.id ?? "" }, limit: 10, after: null });
    expect(history.data.map(({ action, details }) => [action, details["before"], details["after"]])).toEqual([
      ["tool.override_changed", true, null],
      ["tool.override_changed", null, true],
    ]);
  });

  test("an author's mark on the node raises what trust would let through", async () => {
    const { system, added } = await workspaceWithBank();
    await updateMcpServer(system, added.id, { trusted: true });
    const run = await recorded(system, "flow", { name: "flow", nodes: [{ ...balance, mutating: true }] }, payload);
    bank.forget();
    await replayed(system, run.id);
    expect(bank.requests).toEqual([]);
  });

  test("the plan shows the same judgement as the calls get, and where they go", async () => {
    const { system, added } = await workspaceWithBank();
    await updateMcpServer(system, added.id, { trusted: true });
    const run = await recorded(system, "flow", { name: "flow", nodes: [balance, send] }, payload);
    const { plan } = await preflightReplay(system, run.id, {});
    expect(plan.calls).toMatchObject([
      { nodeId: "look", tool: "MCP bank/read_balance", mutating: false, verdict: "live", recorded: 1 },
      { nodeId: "pay", tool: "MCP bank/send_money", mutating: true, verdict: "dry_run", recorded: 1 },
    ]);
    expect(plan.allowsMutations).toBe(false);
    expect(plan.hosts).toEqual([
      { nodeId: "look", host: bank.host },
      { nodeId: "pay", host: bank.host },
    ]);
    await putWorkspacePolicy(system, { replay: { allowMutations: true } });
    expect((await preflightReplay(system, run.id, {})).plan.allowsMutations).toBe(true);
  });
});

describe("a call that goes wrong", () => {
  test("fails its step with what the tool said; a broken connection of a mutating call is never repeated", async () => {
    const { system } = await workspaceWithBank();
    const failing = await recorded(system, "failing", {
      name: "f",
      nodes: [own("x", "fail", {}, { retry: { maxAttempts: 3, backoffMs: 1 } })],
    });
    expect(failing).toMatchObject({
      status: "failed",
      error: { code: "tool_failed", message: expect.stringContaining("no:") },
    });
    expect(bank.calls("fail")).toHaveLength(1);
    await push(system, "broken", { name: "b", nodes: [{ ...send, retry: { maxAttempts: 3, backoffMs: 1 } }] });
    bank.state.breakCalls = true;
    const broken = await runOf(system, "broken", payload);
    expect(broken).toMatchObject({ status: "failed", error: { code: "unknown_outcome" } });
    expect(bank.calls("send_money")).toHaveLength(1);
  });

  test.each<Generation>(["2025-11-25", "2026-07-28"])(
    "a number that a double would change fails the step, by its path (%s)",
    async (generation) => {
      const server = older[generation] as McpTestServer;
      const { system } = await workspaceWithBank(server);
      server.state.balance = "9007199254740993";
      await push(system, "long", { name: "long", nodes: [balance] });
      const run = await runOf(system, "long", payload);
      server.state.balance = "12";
      expect(run).toMatchObject({ status: "failed", error: { code: "tool_failed", nodeId: "look" } });
      expect(run.error?.message).toMatch(/^bank\/read_balance was made, but .* Do not make this call again\.$/);
      expect(run.error?.message).toContain("output.balance: the number 9007199254740993 cannot be kept exactly");
    },
  );

  test("a tool that is gone fails its step with its name", async () => {
    const { system, added } = await workspaceWithBank();
    await push(system, "flow", { name: "flow", nodes: [balance] });
    await deleteMcpServer(system, added.id);
    const run = await runOf(system, "flow", payload);
    expect(run).toMatchObject({
      status: "failed",
      error: { code: "tool_failed", message: expect.stringContaining("read_balance") },
    });
  });

  test("headers that the server echoes, in answers and in errors, stand nowhere in the trace", async () => {
    const { system } = await workspaceWithBank();
    const nodes = [own("echo", "echo_headers", {}), own("fail", "fail", {}, { needs: ["echo"] })];
    const run = await recorded(system, "flow", { name: "flow", nodes });
    const { data: steps } = await listSteps(system, run.id);
    const spans = await Promise.all(steps.map((step) => readSpan(system, run.id, step.spanId)));
    const seen = JSON.stringify([run, steps, spans]);
    expect(seen).toContain("[redacted]");
    expect(seen).not.toContain("sesame-1234567");
  });
});
