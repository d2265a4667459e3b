import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database, rawClient } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { claimRun, ownerToken } from "#/lib/runs/claim-store.ts";
import { openSession } from "#/lib/runs/open-session.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import { listSpans, spanBodiesOf } from "#/lib/runs/span-store.ts";
import { RunLost, type SpanWriter } from "#/lib/runs/span-writer.ts";
import { refusedEffect } from "#/lib/runs/tool-call.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let witness: Server;
/** What was committed of a run when a call of its step arrived. */
const seen = new Map<string, string[]>();

beforeAll(async () => {
  tenant = await createTenant();
  witness = createServer((request, response) => {
    const [, runId = "", node = ""] = (request.url ?? "").split("/");
    void listSpans(database(), tenant.workspace.id, runId).then((rows) => {
      seen.set(
        `${request.method} ${node}`,
        rows.filter((row) => row.status !== "running").map((row) => row.key),
      );
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => witness.listen(0, "127.0.0.1", resolve));
  process.env["REPRISE_EGRESS_ALLOW"] = `127.0.0.1:${(witness.address() as AddressInfo).port}`;
});
afterAll(async () => {
  witness?.close();
  await stopQueue();
});

test.each(["GET", "POST"])("what was computed before a %s call is committed before it leaves", async (method) => {
  const { port } = witness.address() as AddressInfo;
  const computed = Array.from({ length: 7 }, (_, n) => ({
    id: `c${n}`,
    type: "transform",
    ...(n === 0 ? {} : { needs: [`c${n - 1}`] }),
    ...(n === 4 ? { when: "false" } : {}),
    value: n,
  }));
  await push(tenant.system, `witnessed-${method.toLowerCase()}`, {
    name: "witnessed",
    nodes: [
      ...computed.slice(0, 4),
      { ...computed[4], needs: ["c3"] },
      { ...computed[5], needs: ["c3"] },
      { ...computed[6], needs: ["c5"] },
      { id: "call", type: "tool", needs: ["c6"], http: { method, url: `http://127.0.0.1:${port}/{{ run.id }}/call` } },
      { id: "after", type: "transform", needs: ["call"], value: "{{ nodes.c6.output }}" },
    ],
    output: "{{ nodes.after.output }}",
  });
  const worker = await startWorker();
  const { id } = await triggerRun(tenant.system, `witnessed-${method.toLowerCase()}`, {}, "api");
  expect(await finished(tenant.system, id)).toMatchObject({ status: "completed", output: 6 });
  await worker.stop();
  expect(seen.get(`${method} call`)?.sort()).toEqual(["c0", "c1", "c2", "c3", "c4", "c5", "c6"]);
  const events = await readEvents(tenant.system, id, 0);
  expect(events.data.map((event) => event.seq)).toEqual(events.data.map((_, index) => index + 1));
});

const nothing = { type: "transform", value: 1 };

describe("a run of 99,998 spans has two more, and ends when another would begin", () => {
  const port = () => (witness.address() as AddressInfo).port;
  const ask = (method: string) => ({ type: "tool", http: { method, url: `http://127.0.0.1:${port()}/x/full` } });
  test.each([
    ["a step that computes", () => nothing, 3],
    ["a step that is skipped", () => ({ ...nothing, when: "false" }), 3],
    ["a call that reads", () => ask("GET"), 3],
    ["a call that changes something", () => ask("POST"), 3],
    ["a step that waits", () => ({ type: "wait", durationMs: 3_600_000 }), 3],
    // The map and its first item have begun; what is inside fails, and the item and the map with it.
    ["a step inside a map", () => ({ type: "map", over: [1], as: "it", nodes: [{ id: "inner", ...nothing }] }), 3, 1],
  ])("%s", async (name, node, spans, before = 2) => {
    const slug = `full-${name.replaceAll(" ", "-")}`;
    const filling = Array.from({ length: 2 }, (_, n) => ({
      id: `c${n}`,
      ...nothing,
      ...(n === 0 ? {} : { needs: [`c${n - 1}`] }),
    })).slice(0, before);
    await push(tenant.system, slug, {
      name: slug,
      nodes: [...filling, { id: "more", needs: filling.slice(-1).map(({ id }) => id), ...node() }],
    });
    const { id } = await triggerRun(tenant.system, slug, {}, "api");
    const full = before === 1 ? 99_997 : 99_998;
    await rawClient()`
      insert into spans (id, workspace_id, run_id, key, kind, node_id, name, status, seq, start_rev, rev)
      values (${`${id}_full`}, ${tenant.workspace.id}, ${id}, 'full', 'tool', 'full', 'full', 'completed', ${full}, 10, 10)`;
    await rawClient()`update runs set rev = 10 where id = ${id}`;
    const worker = await startWorker();
    const ended = await finished(tenant.system, id);
    await worker.stop();
    expect(ended).toMatchObject({ status: "failed", error: { code: "run_too_large" } });
    expect(ended.error?.message).toContain("100,000 spans");
    const rows = await listSpans(database(), tenant.workspace.id, id);
    expect(rows.filter(({ status }) => status === "failed" || status === "completed")).toHaveLength(rows.length);
    expect(rows.filter(({ key }) => key !== "full").length).toBeLessThanOrEqual(spans + 1);
    expect([...seen.keys()].filter((call) => call.endsWith("full"))).toEqual([]);
  });
});

const jobId = "3f0f1d38-0000-0000-0000-000000000000";
const call = { key: "one", kind: "tool", nodeId: "one", name: "look" } as const;

async function held(slug: string) {
  await push(tenant.system, slug, { name: slug, nodes: [{ id: "one", type: "transform", value: 1 }] });
  const { id } = await triggerRun(tenant.system, slug, {}, "api");
  const owner = ownerToken(jobId);
  const claim = await claimRun(id, owner);
  return { id, ...(await openSession(claim!, owner)) };
}
const noted = (n: number) =>
  ({ key: `one#${n}`, kind: "attempt", nodeId: "one", name: `${n}`, status: "completed", output: n }) as const;

test("notes are written in order, many in one statement, and more than a statement takes wait", async () => {
  const { id, writer } = await held("noted");
  for (let n = 0; n < 1000; n++) await writer.note(noted(n));
  await writer.committed();
  const rows = await listSpans(database(), tenant.workspace.id, id);
  expect(rows.map((row) => row.name)).toEqual(Array.from({ length: 1000 }, (_, n) => String(n)));
  expect(rows.every((row, at) => at === 0 || row.rev > (rows[at - 1]?.rev ?? 0))).toBe(true);
  expect(await commitsOf(id)).toBeLessThan(500);
});

test("a run that was given to another worker takes no note, and says so before anything leaves", async () => {
  const { id, writer } = await held("taken");
  await writer.note(noted(0));
  await writer.committed();
  await rawClient()`update runs set owner = 'somebody else' where id = ${id}`;
  await writer.note(noted(1));
  await expect(writer.assertHeld()).rejects.toThrow(RunLost);
  await expect(writer.committed()).rejects.toThrow(RunLost);
  await writer.note(noted(2));
  await expect(writer.append(noted(3))).rejects.toThrow(RunLost);
  expect((await listSpans(database(), tenant.workspace.id, id)).map((row) => row.name)).toEqual(["0"]);
});

test("runs that write at the same time share a commit; one that is lost and one that is locked change nothing for the others", async () => {
  const [free, other, lost, locked] = [
    await held("free"),
    await held("other"),
    await held("lost"),
    await held("locked"),
  ];
  await rawClient()`update runs set owner = 'somebody else' where id = ${lost.id}`;
  const order: string[] = [];
  const write = (name: string, { writer }: typeof free) => writer.append(noted(0)).finally(() => order.push(name));
  const waits: Promise<unknown>[] = [];
  await rawClient().begin(async (tx) => {
    await tx`select 1 from runs where id = ${locked.id} for update`;
    waits.push(write("locked", locked));
    const all = await Promise.allSettled([write("lost", lost), write("free", free), write("other", other)]);
    expect(all.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(all[0]).toMatchObject({ reason: expect.any(RunLost) });
    order.push("unlocked");
  });
  await Promise.all(waits);
  expect(order.toSorted()).toEqual(["free", "locked", "lost", "other", "unlocked"]);
  expect(order.slice(-2)).toEqual(["unlocked", "locked"]);
  const shared = await rawClient()`
    select xmin::text from spans where run_id = any(${[free.id, other.id]}) group by 1`;
  expect(shared).toHaveLength(1);
  expect(await listSpans(database(), tenant.workspace.id, lost.id)).toEqual([]);
  expect(await listSpans(database(), tenant.workspace.id, locked.id)).toHaveLength(1);
});

test.each([
  ["shown again before it leaves", (writer: SpanWriter) => writer.start(call), "running"],
  ["failed before it was prepared", (writer: SpanWriter) => writer.append({ ...call, status: "failed" }), "failed"],
  ["skipped", (writer: SpanWriter) => writer.note({ ...call, status: "skipped" }), "skipped"],
  [
    "refused",
    (writer: SpanWriter) => writer.append({ ...call, status: "failed", effect: refusedEffect("look") }),
    "failed",
  ],
] as const)(
  "a call that was let out and waits for its next attempt stays live for the next worker: %s",
  async (...row) => {
    const [name, write, status] = row;
    const slug = `left-${name.replaceAll(" ", "-")}`;
    const { id, writer, run } = await held(slug);
    const effect = { ...refusedEffect("look"), verdict: "live", mutating: true, why: "it was let out" } as const;
    await writer.append({ ...call, status: "waiting", finishedAt: null, effect });
    const owner = ownerToken(jobId);
    const next = await openSession((await claimRun(run.id, owner))!, owner);
    await write(next.writer);
    await next.writer.committed();
    const rows = await listSpans(database(), tenant.workspace.id, id);
    expect(rows).toMatchObject([{ status, effectVerdict: "live", mutating: true, effectWhy: "it was let out" }]);
  },
);

test("what is large travels alone and arrives whole", async () => {
  const { id, writer } = await held("large");
  const output = "x".repeat(200_000);
  await Promise.all([writer.append({ ...noted(0), output }), writer.append(noted(1))]);
  const rows = await listSpans(database(), tenant.workspace.id, id);
  expect(rows).toHaveLength(2);
  const ids = rows.map((row) => row.id);
  const bodies = await spanBodiesOf(database(), tenant.workspace.id, ids);
  expect(bodies.get(ids[0] ?? "")?.output).toBe(output);
});

test("a worker that stood still while it was about to send, and lost the run, sends nothing", async () => {
  const { port } = witness.address() as AddressInfo;
  const { id, fetch: send } = await held("frozen");
  const ask = (node: string) => send(`http://127.0.0.1:${port}/${id}/${node}`);
  expect((await ask("in-time")).status).toBe(200);
  await rawClient()`update runs set owner = 'somebody else' where id = ${id}`;
  await sleep(5100);
  await expect(ask("late")).rejects.toThrow(`GET http://127.0.0.1:${port}`);
  expect([seen.has("GET in-time"), seen.has("GET late")]).toEqual([true, false]);
});

/** Transactions that wrote the run's spans. */
async function commitsOf(runId: string): Promise<number> {
  const [row] = await rawClient()<{ count: number }[]>`
    select count(distinct xmin::text)::int as count from spans where run_id = ${runId}`;
  return row?.count ?? 0;
}
