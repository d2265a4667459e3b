import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { onFreePort } from "#/lib/launcher/free-port.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { chain, startFleet, toolNode, until, type Fleet } from "#/tests/support/worker-fleet.ts";

const token = "a-token-for-the-metrics";
const sentinel = "sentinel-4711-do-not-log";
let fleet: Fleet;
let worker: BackgroundProcess;
let url: string;

beforeAll(async () => {
  fleet = await startFleet({ env: { REPRISE_METRICS_TOKEN: token, REPRISE_LOG_LEVEL: "trace" } });
  url = await onFreePort(4_700, async (port) => {
    worker = await fleet.addWorker({ REPRISE_WORKER_PORT: String(port) });
    return `http://127.0.0.1:${port}`;
  });
  const { system } = fleet.tenant;
  await putVariables(system, "production", {
    variables: { TOOLS: fleet.tools.url, TOKEN: { value: sentinel, secret: true } },
  });
});
afterAll(() => fleet?.stop());

const get = (path: string, authorization?: string) =>
  fetch(`${url}${path}`, { headers: authorization === undefined ? {} : { authorization } });

/** Sum of a metric's samples with these labels. */
function sample(text: string, name: string, labels = ""): number {
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith(name) && line.includes(labels) && !line.startsWith("#"));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

test("the worker tells on its own port whether it is alive and ready, and nothing else to nobody", async () => {
  expect((await get("/health/live")).status).toBe(200);
  expect(await (await get("/health/ready")).json()).toEqual({ status: "ok" });
  expect((await get("/metrics")).status).toBe(401);
  expect((await get("/metrics", "Bearer wrong")).status).toBe(401);
  expect((await get("/")).status).toBe(404);
});

test("metrics count steps by kind, commits, settled runs, slots and what waits in the queue", async () => {
  const { system } = fleet.tenant;
  await push(system, "mixed", {
    name: "mixed",
    nodes: chain([
      { id: "one", type: "transform", value: 1 },
      toolNode("two", "GET", 5),
      { id: "three", type: "transform", value: 3 },
    ] as { id: string }[]),
  });
  await push(system, "asks", { name: "asks", nodes: [{ id: "ask", type: "wait", approval: {} }] });
  const runs = await Promise.all([1, 2, 3].map(() => triggerRun(system, "mixed", {}, "api")));
  for (const { id } of runs) await finished(system, id);
  await triggerRun(system, "asks", {}, "api");
  const read = async () => (await get("/metrics", `Bearer ${token}`)).text();
  await until(
    "the waiting run is counted",
    async () => sample(await read(), "reprise_open_runs", 'reason="approval"') === 1,
  );
  const text = await read();
  expect(sample(text, "reprise_step_duration_seconds_count", 'kind="transform"')).toBe(6);
  expect(sample(text, "reprise_step_duration_seconds_count", 'kind="tool"')).toBe(3);
  expect(sample(text, "reprise_engine_commit_seconds_count")).toBeGreaterThan(8);
  expect(sample(text, "reprise_runs_settled_total", 'outcome="completed"')).toBe(3);
  expect(sample(text, "reprise_worker_slots ")).toBe(10);
  expect(sample(text, "reprise_database_up")).toBe(1);
  expect(sample(text, "process_cpu_seconds_total")).toBeGreaterThan(0);
});

test("every log line is JSON and names its run and workspace; no payload, secret or answer is in any", async () => {
  const { system, workspace } = fleet.tenant;
  await push(system, "leaky", {
    name: "leaky",
    nodes: [
      {
        id: "good",
        type: "tool",
        http: {
          method: "POST",
          url: "{{ env.TOOLS }}/tool?node=good&ms=0",
          headers: { authorization: "Bearer {{ env.TOKEN }}" },
          body: "{{ trigger }}",
        },
      },
      {
        id: "echo",
        type: "transform",
        needs: ["good"],
        value: { secret: "{{ env.TOKEN }}", payload: "{{ trigger.text }}" },
      },
      {
        id: "refused",
        type: "tool",
        needs: ["echo"],
        http: { method: "GET", url: "http://10.0.0.1/{{ env.TOKEN }}/{{ trigger.text }}" },
      },
    ],
  });
  const text = `payload-${sentinel}\u0000`;
  const { id } = await triggerRun(system, "leaky", { payload: { text } }, "api");
  await fleet.disconnectWorkers();
  await finished(system, id);
  await until("the run's lines", () => worker.log().includes(id));
  const lines = worker
    .log()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const ofRun = lines.filter((line) => line["runId"] === id);
  expect(ofRun.length).toBeGreaterThan(0);
  for (const line of ofRun) expect(line["workspaceId"]).toBe(workspace.id);
  expect(worker.log()).not.toContain("4711");
});

test("while it drains the worker is alive and not ready, and then it is gone", async () => {
  const { system } = fleet.tenant;
  await push(system, "slow", { name: "slow", nodes: [toolNode("slow", "GET", 1500)] });
  const { id } = await triggerRun(system, "slow", {}, "api");
  await until("in its step", () => fleet.tools.of(id).length === 1);
  process.kill(worker.pid, "SIGTERM");
  await sleep(100);
  const ready = await get("/health/ready");
  expect([ready.status, await ready.json()]).toEqual([503, { status: "draining" }]);
  expect((await get("/health/live")).status).toBe(200);
  expect(await worker.exited).toEqual({ code: 0, signal: null });
});
