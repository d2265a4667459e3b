import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { rawClient } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { getRun } from "#/lib/runs/get-run.ts";
import { listSteps } from "#/lib/runs/list-steps.ts";
import { TriggerRequest } from "#/lib/contract/run.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { triggerRun, judgeTrigger } from "#/lib/runs/trigger-run.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { putEnvironment } from "#/lib/tenancy/environments.ts";
import { createWorkflow } from "#/lib/workflows/push-version.ts";
import { listWorkflows } from "#/lib/workflows/list-workflows.ts";
import { finished, push, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
const api = restApi();
let tenant: Tenant;
let worker: Awaited<ReturnType<typeof startWorker>>;
const flow = { name: "flow", nodes: [{ id: "only", type: "transform", value: "{{ trigger.text }}" }] };

beforeAll(async () => {
  worker = await startWorker();
});
beforeEach(async () => {
  tenant = await createTenant();
  await push(tenant.system, "flow", flow);
});
afterAll(async () => {
  await worker.stop();
  await stopQueue();
});

const ttlIn = async (environment: string, ttl?: string) =>
  (await judgeTrigger(tenant.system, "flow", { environment, ...(ttl === undefined ? {} : { ttl }) })).ttlMs;

test("an environment has a default TTL: development is born with ten minutes, others with none", async () => {
  expect(await Promise.all(["production", "development", "staging"].map((name) => ttlIn(name)))).toEqual([
    null,
    600_000,
    null,
  ]);
  expect(await ttlIn("development", "30s")).toBe(30_000);
  const admin = await tenant.as("admin");
  await putEnvironment(admin, "staging", { defaultTtl: "1h" });
  await putEnvironment(admin, "development", { defaultTtl: null });
  expect([await ttlIn("staging"), await ttlIn("development")]).toEqual([3_600_000, null]);
  for (const defaultTtl of ["soon", "", "0s", "9999d"])
    await expect(putEnvironment(admin, "staging", { defaultTtl })).rejects.toMatchObject({ code: "validation_failed" });
  await expect(putEnvironment(await tenant.as("operator"), "staging", { defaultTtl: null })).rejects.toMatchObject({
    code: "forbidden",
  });
});

test("metadata goes with a run and its replays, up to 4 KB", async () => {
  const metadata = { customer: { id: 7 }, "odd key": ["a", null] };
  const { id } = await triggerRun(tenant.system, "flow", { metadata, payload: { text: "x" } }, "api");
  expect((await finished(tenant.system, id)).metadata).toEqual(metadata);
  const replay = await submitReplay(tenant.system, id, {});
  expect((await getRun(tenant.system, replay.id)).metadata).toEqual(metadata);
  const fits = (length: number) => TriggerRequest.safeParse({ metadata: { a: "ü".repeat(length) } }).success;
  expect([fits(2044), fits(2045)]).toEqual([true, false]);
  expect(TriggerRequest.safeParse({ metadata: ["a"] }).success).toBe(false);
});

test("a run tells when it got its slot, and its steps their attempts with ids, output and the last error", async () => {
  const { id } = await triggerRun(tenant.system, "flow", { payload: { text: "out" } }, "api");
  const run = await finished(tenant.system, id);
  expect(Date.parse(run.dequeuedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(run.createdAt));
  const [step] = (await listSteps(tenant.system, id)).data;
  expect(step).toMatchObject({ error: null, attempts: [{ id: step?.spanId, output: "out", outputOmitted: false }] });
  await push(tenant.system, "fails", {
    name: "fails",
    nodes: [
      {
        id: "call",
        type: "tool",
        http: { method: "GET", url: "http://10.0.0.1/" },
        retry: { maxAttempts: 2, backoffMs: 1 },
      },
    ],
  });
  const failed = await triggerRun(tenant.system, "fails", {}, "api");
  await finished(tenant.system, failed.id);
  const [call] = (await listSteps(tenant.system, failed.id)).data;
  expect(call?.error).toEqual(call?.attempts.at(-1)?.error);
  expect(call?.attempts.map(({ output, outputOmitted }) => [output, outputOmitted])).toEqual(
    call?.attempts.map(() => [null, false]),
  );
  expect(new Set(call?.attempts.map((attempt) => attempt.id)).size).toBe(call?.attempts.length);
});

test("a large output is left out of the list of steps", async () => {
  const { id } = await triggerRun(tenant.system, "flow", { payload: { text: "x".repeat(1_100_000) } }, "api");
  expect(await finished(tenant.system, id)).toMatchObject({ status: "completed", error: null });
  expect((await listSteps(tenant.system, id)).data[0]?.attempts).toMatchObject([{ output: null, outputOmitted: true }]);
});

test("a run that the engine itself cannot continue ends as system_failure, and its slot is passed on", async () => {
  await push(tenant.system, "broken", flow);
  // What no push lets through: the engine finds a definition that it cannot walk.
  await rawClient()`update workflow_versions set definition = '{"name":"broken","nodes":[null]}'::json
    where workspace_id = ${tenant.workspace.id} and workflow_id = (
      select id from workflows where workspace_id = ${tenant.workspace.id} and slug = 'broken')`;
  await rawClient()`update workspaces set max_running = 1 where id = ${tenant.workspace.id}`;
  const { id } = await triggerRun(tenant.system, "broken", {}, "api");
  const { id: next } = await triggerRun(tenant.system, "flow", { payload: { text: "x" } }, "api");
  const run = await finished(tenant.system, id);
  expect(run).toMatchObject({ status: "failed", statusReason: "system_failure", error: { code: "internal" } });
  expect(run.error?.message).toBe(
    `The engine could not continue the run. The worker's log has the cause, under ${id}.`,
  );
  expect((await finished(tenant.system, next)).status).toBe("completed");
});

test("a run of a workflow that does not exist yet waits for it, if it may", async () => {
  await expect(triggerRun(tenant.system, "later", {}, "api")).rejects.toMatchObject({ code: "not_found" });
  const { secret: key } = await createApiKey(tenant.system, { name: "x", scopes: ["runs:write", "runs:read"] });
  const { status, body: run } = await api.call("POST", "/workflows/later/runs?create=true", {
    key,
    body: { payload: { text: "first" } },
  });
  expect([status, run.status, run.statusReason]).toEqual([202, "pending", "pending_version"]);
  expect((await listWorkflows(tenant.system)).find(({ slug }) => slug === "later")).toMatchObject({
    latestVersion: null,
  });
  expect((await api.call("POST", "/workflows/Not%20a%20slug/runs?create=true", { key, body: {} })).status).toBe(400);
  const created = await createWorkflow(tenant.system, { slug: "later", name: "Later", definition: { json: flow } });
  expect(created).toMatchObject({ slug: "later", version: 1 });
  expect(await finished(tenant.system, run.id)).toMatchObject({ status: "completed", output: null, version: 1 });
  await expect(createWorkflow(tenant.system, { slug: "later", definition: { json: flow } })).rejects.toMatchObject({
    code: "conflict",
  });
});

test("a trigger repeated under its key is answered with what came of the run, to whoever may read runs", async () => {
  const key = async (...scopes: ("runs:write" | "runs:read")[]) =>
    (await createApiKey(tenant.system, { name: "x", scopes })).secret;
  const [reader, writer] = [await key("runs:write", "runs:read"), await key("runs:write")];
  const trigger = (secret: string, name: string) =>
    api.call("POST", "/workflows/flow/runs", {
      key: secret,
      headers: { "idempotency-key": name },
      body: { payload: { text: "done" } },
    });
  const first = await trigger(reader, "a");
  expect(first.body).not.toHaveProperty("output");
  await finished(tenant.system, first.body.id);
  const again = await trigger(reader, "a");
  expect(again.status).toBe(202);
  expect(again.body).toMatchObject({ id: first.body.id, status: "completed", error: null });
  const blind = await trigger(writer, "b");
  await finished(tenant.system, blind.body.id);
  expect((await trigger(writer, "b")).body).toEqual(blind.body);
});
