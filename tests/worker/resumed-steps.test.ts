import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { startProvider, type Provider } from "#/lib/demo/provider/server.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { claimRun, ownerToken, releaseOwner } from "#/lib/runs/claim-store.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { openSession } from "#/lib/runs/open-session.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import type { Session } from "#/lib/runs/session.ts";
import { settleIn } from "#/lib/runs/settle-run.ts";
import { RunLost, type SpanWriter } from "#/lib/runs/span-writer.ts";
import { walk } from "#/lib/runs/walk.ts";
import { putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { createMcpServer, updateMcpServer } from "#/lib/tools/mcp-servers.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { type McpTestServer, startMcpServer } from "#/tests/support/mcp-server.ts";
import { eventGaps, startFleet, storedRun, toolNode, until, type Fleet } from "#/tests/support/worker-fleet.ts";

let fleet: Fleet;
let provider: Provider;
let bank: McpTestServer;
beforeAll(async () => {
  provider = await startProvider({ speed: 0 });
  bank = await startMcpServer();
  process.env["REPRISE_EGRESS_ALLOW"] = bank.host;
  fleet = await startFleet({
    env: {
      REPRISE_EGRESS_ALLOW: [new URL(provider.url).host, bank.host].join(","),
      ANTHROPIC_API_KEY: "test",
      ANTHROPIC_BASE_URL: provider.url,
    },
  });
  const { system } = fleet.tenant;
  await push(system, "items", {
    name: "items",
    nodes: [{ id: "each", type: "map", over: [0, 1, 2], as: "item", nodes: [toolNode("charge", "POST", 0)] }],
  });
  await push(system, "looks", {
    name: "looks",
    nodes: [
      {
        ...{ id: "each", type: "map", over: "{{ trigger.list }}", as: "item" },
        nodes: [toolNode("look", "GET", 0), { ...toolNode("score", "GET", 0), needs: ["look"] }],
      },
    ],
  });
  await push(system, "naps", {
    name: "naps",
    nodes: [
      {
        ...{ id: "each", type: "map", over: [0, 1], as: "item", concurrency: 2 },
        nodes: [
          { id: "nap", type: "wait", durationMs: 300 },
          { ...toolNode("after", "GET", 0), needs: ["nap"] },
        ],
      },
    ],
  });
  await push(system, "ask", {
    name: "ask",
    nodes: [
      {
        ...{ id: "ask", type: "model", model: "anthropic:claude-haiku-4-5", prompt: { text: "Hi. [[fault:529x1]]" } },
        retry: { maxAttempts: 2, backoffMs: 1 },
      },
    ],
  });
  await push(system, "agent", {
    name: "agent",
    tools: { charge: { input: { type: "object" }, http: toolNode("charge", "POST", 0).http } },
    nodes: [
      {
        id: "decide",
        type: "agent",
        model: "anthropic:claude-haiku-4-5",
        prompt: { text: "Call charge once." },
        tools: ["charge"],
      },
    ],
  });
});
afterAll(async () => {
  await fleet?.stop();
  await provider?.close();
  await bank?.close();
});

/** A run that this process holds as a worker does. */
async function held(slug: string): Promise<Session> {
  return hold((await triggerRun(fleet.tenant.system, slug, {}, "api")).id);
}

async function hold(id: string): Promise<Session> {
  const owner = ownerToken("3f0f1d38-0000-0000-0000-000000000000");
  return openSession((await claimRun(id, owner))!, owner);
}

/** A run of which a worker wrote this much before it was lost. */
async function leftBehind(slug: string, write: (writer: SpanWriter) => Promise<void>): Promise<string> {
  return left(await held(slug), write);
}

async function left({ run, owner, writer }: Session, write: (writer: SpanWriter) => Promise<unknown>): Promise<string> {
  await write(writer);
  await releaseOwner(database(), run.id, owner);
  return run.id;
}

const unknown = { code: "unknown_outcome", message: "It was sent." } as const;

test("an item of a map that had failed when its worker was lost fails the map, is not written again, and nothing more is sent", async () => {
  const { tenant, tools } = fleet;
  const id = await leftBehind("items", async (writer) => {
    const map = await writer.start({ key: "each", kind: "map", nodeId: "each", name: "each", input: { items: 3 } });
    const item = { kind: "item", nodeId: "each", parentId: map.id } as const;
    const first = await writer.start({ ...item, key: "each[0]", name: "item 1" });
    await writer.append({
      ...{ key: "each[0].charge", kind: "tool", nodeId: "charge", name: "POST", parentId: first.id },
      ...{ status: "failed", error: unknown },
    });
    await writer.update(first, { status: "failed", finishedAt: new Date(), error: unknown });
  });
  const worker = await fleet.addWorker();
  expect(await finished(tenant.system, id)).toMatchObject({ status: "failed", error: { code: "unknown_outcome" } });
  expect(tools.of(id)).toEqual([]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
  await worker.stop();
  expect(
    JSON.parse(await storedRun(id))[3].map((span: { key: string; status: string }) => [span.key, span.status]),
  ).toEqual([
    ["each", "failed"],
    ["each[0]", "failed"],
    ["each[0].charge", "failed"],
  ]);
});

const lostCall = (writer: SpanWriter) =>
  writer.start({ key: "ask", kind: "model", nodeId: "ask", name: "ask", modelRef: "anthropic:claude-haiku-4-5" });

test("a call of a model that was under way when its worker was lost is an attempt of unknown cost, which takes no retry away", async () => {
  const { system } = fleet.tenant;
  const id = await leftBehind("ask", (writer) => lostCall(writer).then(() => {}));
  const worker = await fleet.addWorker();
  expect(await finished(system, id)).toMatchObject({ status: "completed", costMicros: null });
  const [step] = (await listSteps(system, id)).data;
  expect(step).toMatchObject({ costMicros: null, usage: { outputTokens: expect.any(Number) as number } });
  expect(step?.attempts.map(({ attempt, status, error }) => [attempt, status, error?.code])).toEqual([
    [1, "failed", "crashed"],
    [2, "failed", "provider_error"],
    [3, "completed", undefined],
  ]);
  expect(await eventGaps(system, id)).toEqual([]);
  await worker.stop();
});

test("one whose run is cancelled then leaves the run's cost unknown", async () => {
  const { system } = fleet.tenant;
  const id = await leftBehind("ask", (writer) => lostCall(writer).then(() => {}));
  await cancelRun(system, id);
  const worker = await fleet.addWorker();
  expect(await finished(system, id)).toMatchObject({ status: "cancelled", costMicros: null });
  expect((await listSteps(system, id)).data).toMatchObject([{ status: "cancelled", costMicros: null }]);
  await worker.stop();
});

test("a run whose costs add up to more than any number holds still ends", async () => {
  const { system } = fleet.tenant;
  const id = await leftBehind("ask", async (writer) => {
    for (const key of ["ask#1", "ask#2"])
      await writer.append({
        ...{ key, kind: "attempt", nodeId: "ask", name: key, status: "failed" },
        ...{ error: { code: "output_invalid", message: "No." }, madeCall: true, costMicros: 7e18 },
      });
  });
  await cancelRun(system, id);
  const worker = await fleet.addWorker();
  const costMicros = Number.MAX_SAFE_INTEGER;
  expect(await finished(system, id)).toMatchObject({ status: "cancelled", costMicros });
  await worker.stop();
});

test("a worker whose run has ended without it starts no run inside it any more", async () => {
  const { workspace, system } = fleet.tenant;
  const inside = { id: "inside", type: "workflow", workflow: "ask" };
  await push(system, "around", { name: "around", nodes: [inside] });
  const session = await held("around");
  const { id } = session.run;
  const isHeldUp = async () => {
    const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return (await database().execute(waiting)).length > 0;
  };
  const walking = await database().transaction(async (tx) => {
    await lockWorkspace(tx, workspace.id);
    const lost = walk(session).then(
      () => null,
      (error: unknown) => error,
    );
    await until("it is about to start the run inside", isHeldUp);
    await settleIn(tx, { id, workspaceId: workspace.id }, { kind: "cancelled", reason: "user" });
    return { lost };
  });
  expect(await walking.lost).toBeInstanceOf(RunLost);
  expect(await database().execute(sql`select id from runs where parent_run = ${id}`)).toHaveLength(0);
  expect((await listSteps(system, id)).data).toMatchObject([{ status: "cancelled" }]);
});

test("an agent's call whose outcome was unknown when its worker was lost still ends the run; the model is not asked again", async () => {
  const { tenant, tools } = fleet;
  const asked = provider.journal().length;
  const id = await leftBehind("agent", async (writer) => {
    const span = { nodeId: "decide", name: "decide" } as const;
    const step = await writer.start({ ...span, key: "decide", kind: "agent" });
    const call = { type: "tool_call", callId: "c1", id: "c1", name: "charge", arguments: {} };
    await writer.append({
      ...{ ...span, key: "decide/turn-1", kind: "model_call", parentId: step.id, status: "completed" },
      output: { parts: [call], output: null },
    });
    await writer.append({
      ...{ ...span, key: "decide/turn-1/charge-0", kind: "tool_call", parentId: step.id },
      ...{ status: "failed", error: unknown },
    });
  });
  const worker = await fleet.addWorker();
  expect(await finished(tenant.system, id)).toMatchObject({ status: "failed", error: { code: "unknown_outcome" } });
  expect(tools.of(id)).toEqual([]);
  expect(provider.journal().length).toBe(asked);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
  await worker.stop();
});

test("a map whose items are waiting outside of memory leaves no gap in the events: each wait is one", async () => {
  const { tenant, tools } = fleet;
  const { id } = await triggerRun(tenant.system, "naps", {}, "api");
  const worker = await fleet.addWorker();
  expect(await finished(tenant.system, id)).toMatchObject({ status: "completed" });
  expect(tools.of(id)).toEqual(["after", "after"]);
  expect(await eventGaps(tenant.system, id)).toEqual([]);
  const { data } = await readEvents(tenant.system, id, 0);
  const waits = data.filter((event) => event.type.endsWith(".waiting") && event.key !== null);
  expect(
    waits
      .map(({ type, key, nodeId }) => [type, key, nodeId])
      .toSorted()
      .slice(0, 3),
  ).toEqual([
    ["item.waiting", "each[0]", "each"],
    ["item.waiting", "each[1]", "each"],
    ["step.waiting", "each", "each"],
  ]);
  for (const { spanId, data: more } of waits) expect([spanId, more]).toEqual([expect.stringMatching(/^span_/), {}]);
  await worker.stop();
});

test("a call of a tool that counted as read-only, under way when its worker was lost, is judged afresh before it is made again", async () => {
  const { system } = fleet.tenant;
  await putWorkspacePolicy(system, { replay: { allowMutations: true } });
  const look = (server: string) => ({
    ...{ id: "look", type: "tool", mcp: { server, tool: "read_balance" } },
    arguments: { account: server },
  });
  const trusted = async (name: string) => {
    const { id } = await createMcpServer(system, { name, url: bank.url });
    await updateMcpServer(system, id, { trusted: true });
    await push(system, name, { name, nodes: [look(name)] });
    return id;
  };
  await trusted("steady");
  const distrusted = await trusted("distrusted");
  const sources = await Promise.all(
    ["steady", "distrusted"].map(async (name) => (await triggerRun(system, name, {}, "api")).id),
  );
  const first = await fleet.addWorker();
  for (const id of sources) expect(await finished(system, id)).toMatchObject({ status: "completed" });
  await first.stop();
  bank.forget();

  const underWay = async (id: string) => {
    const session = await hold(id);
    return left(session, (writer) =>
      writer.startCall({
        ...{ key: "look", kind: "tool", nodeId: "look", name: "read_balance" },
        effect: {
          ...{ verdict: "live", mutating: false, why: "a trusted server declares it read-only", grant: null },
          ...{ tool: "read_balance", callSignature: null, againstOriginal: null, recordedFrom: null },
        },
      }),
    );
  };
  const made = async (name: string, source: string) => ({
    original: await underWay((await triggerRun(system, name, {}, "api")).id),
    replay: await underWay((await submitReplay(system, source, {})).id),
  });
  const [steady, other] = [await made("steady", sources[0] ?? ""), await made("distrusted", sources[1] ?? "")];
  await updateMcpServer(system, distrusted, { trusted: false });
  const worker = await fleet.addWorker();
  for (const id of [steady.original, steady.replay])
    expect(await finished(system, id)).toMatchObject({ status: "completed" });
  for (const id of [other.original, other.replay])
    expect(await finished(system, id)).toMatchObject({ status: "failed", error: { code: "unknown_outcome" } });
  expect(bank.calls("read_balance").map((call) => call.arguments)).toEqual([
    { account: "steady" },
    { account: "steady" },
  ]);
  await worker.stop();
});

test.each([
  ["before it began anything", async () => {}],
  [
    "inside of the item",
    async (writer: SpanWriter) => {
      const map = await writer.start({ key: "each", kind: "map", nodeId: "each", name: "each", input: { items: 3 } });
      const item = { key: "each[1]", kind: "item", nodeId: "each", parentId: map.id, name: "item 2" } as const;
      await writer.start({ ...item, input: "b" });
    },
  ],
])(
  "a replay from a step inside of a map whose worker was lost %s goes on from there, and calls nothing else",
  async (_when, write) => {
    const { tenant, tools } = fleet;
    const payload = { list: ["a", "b", "c"] };
    const worker = await fleet.addWorker();
    const original = await triggerRun(tenant.system, "looks", { payload }, "api");
    expect(await finished(tenant.system, original.id)).toMatchObject({ status: "completed" });
    await worker.stop();
    const request = { fromNodeId: "each[1].score", payload: { list: ["other"] } };
    const { id } = await submitReplay(tenant.system, original.id, request);
    await left(await hold(id), write);
    const next = await fleet.addWorker();
    expect(await finished(tenant.system, id)).toMatchObject({ status: "completed" });
    await next.stop();
    expect(tools.of(id)).toEqual(["score"]);
    expect(await eventGaps(tenant.system, id)).toEqual([]);
    const steps = (await listSteps(tenant.system, id)).data;
    expect(steps.map(({ key, reusedFrom }) => [key, reusedFrom === null]).toSorted()).toEqual([
      ["each", true],
      ["each[0].look", false],
      ["each[0].score", false],
      ["each[1].look", false],
      ["each[1].score", true],
      ["each[2].look", false],
      ["each[2].score", false],
    ]);
  },
);

test("one that is cancelled before it began leaves nothing open", async () => {
  const { system } = fleet.tenant;
  const worker = await fleet.addWorker();
  const original = await triggerRun(system, "looks", { payload: { list: [1, 2] } }, "api");
  await finished(system, original.id);
  await worker.stop();
  const { id } = await submitReplay(system, original.id, { fromNodeId: "each[1].score" });
  await cancelRun(system, id);
  expect(await finished(system, id)).toMatchObject({ status: "cancelled" });
  const steps = (await listSteps(system, id)).data;
  expect(steps.filter(({ status }) => status !== "completed").map(({ key, status }) => [key, status])).toEqual([
    ["each", "cancelled"],
  ]);
  expect(await eventGaps(system, id)).toEqual([]);
});
