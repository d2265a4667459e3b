import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scopes } from "#/lib/contract/access.ts";
import { Batch, BatchPreflight } from "#/lib/contract/batch.ts";
import { Preflight, ReplayAccepted } from "#/lib/contract/replay.ts";
import { Run, Step } from "#/lib/contract/run.ts";
import { Reprise, type RunObject } from "#/lib/sdk/client.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { startRouteServer } from "#/tests/support/route-server.ts";
import { cliInHome } from "#/tests/support/run-cli.ts";
import { createTenant } from "#/tests/support/tenants.ts";

ownDatabase();
let server: Awaited<ReturnType<typeof startRouteServer>>;
let worker: Awaited<ReturnType<typeof startWorker>>;
let reprise: Reprise;
let readOnly: Reprise;
let apiKey: string;
const cli = cliInHome();

const greet = `name: Greet
nodes:
  - { id: hello, type: transform, value: "hello {{ trigger.name }}" }
  - { id: shout, type: transform, needs: [hello], value: { text: "{{ nodes.hello.output }}!" } }
output: "{{ nodes.shout.output.text }}"
`;
const slow = `name: Slow
nodes:
  - { id: hold, type: wait, durationMs: 600000 }
`;
const broken = `name: Broken
nodes:
  - { id: boom, type: transform, value: "{{ trigger.missing.deep }}" }
`;

beforeAll(async () => {
  const tenant = await createTenant();
  apiKey = (await createApiKey(tenant.system, { name: "all", scopes: [...scopes] })).secret;
  const reading = await createApiKey(tenant.system, { name: "reads", scopes: ["runs:read"] });
  server = await startRouteServer();
  reprise = new Reprise({ apiKey, baseUrl: server.url });
  readOnly = new Reprise({ apiKey: reading.secret, baseUrl: server.url });
  worker = await startWorker();
});
afterAll(async () => {
  await worker.stop().catch(() => {});
  await server.stop();
  cli.remove();
});

const command = (args: string[], input?: string) =>
  cli.run(args, {
    env: { REPRISE_URL: server.url, REPRISE_API_KEY: apiKey },
    ...(input === undefined ? {} : { input }),
  });
const inJson = async (args: string[], input?: string) => {
  const { code, stdout, stderr } = await command([...args, "-o", "json"], input);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as Record<string, unknown> & { data: Record<string, unknown>[] };
};
const pushed = async (name: string, source: string) => {
  const file = join(cli.home, `${name}.yaml`);
  writeFileSync(file, source);
  return inJson(["workflows", "push", file]);
};
const ran = async (slug: string): Promise<RunObject> => {
  const { id } = await reprise.workflows.trigger(slug, { name: "Ada" });
  return reprise.runs.poll(id, { intervalMs: 50, timeoutMs: 15_000 });
};

test("a workflow is pushed, pushed again without change, and pushed as another version", async () => {
  expect(await pushed("greet", greet)).toMatchObject({ slug: "greet", version: 1, created: true });
  expect(await pushed("greet", `# a comment\n${greet}`)).toMatchObject({ version: 1, created: false });
  expect(await pushed("greet", greet.replace("hello {{", "hi {{"))).toMatchObject({ version: 2, created: true });
  expect(await pushed("greet", greet)).toMatchObject({ version: 1, created: false });
  expect(await pushed("slow", slow)).toMatchObject({ version: 1 });
  expect(await pushed("broken", broken)).toMatchObject({ version: 1 });
  const slugs = (await inJson(["workflows", "list"])).data.map(({ slug }) => slug);
  expect(slugs).toEqual(["broken", "greet", "slow"]);
  const versions = [];
  for await (const { version } of reprise.workflows.versions("greet", { limit: 1 })) versions.push(version);
  expect(versions).toEqual([2, 1]);
});

test("a definition with a fault is refused with the fault", async () => {
  const file = join(cli.home, "bad.yaml");
  writeFileSync(file, "name: bad\nnodes:\n  - { id: a, type: nonsense }\n");
  const { code, stdout, stderr } = await command(["workflows", "push", file, "-o", "json"]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("workflow_invalid");
});

describe("a run from start to comparison", () => {
  let original: RunObject;
  let replayId: string;

  test("trigger manual starts it; watch follows it to its end; get shows it", async () => {
    const { runId, url } = await inJson(["trigger", "manual", "-w", "greet", "-j", "-"], '{"name":"Ada"}');
    expect(url).toMatch(new RegExp(`^${server.url}/.+/ai/runs/${String(runId)}$`));
    const watched = await command(["runs", "watch", String(runId), "-o", "json"]);
    expect({ code: watched.code, ...(JSON.parse(watched.stdout) as Run) }).toMatchObject({
      code: 0,
      status: "completed",
    });
    expect(watched.stderr).toContain("run.completed");
    const { steps, stepCount, ...run } = await inJson(["runs", "get", String(runId)]);
    expect(Run.parse({ ...run, steps: stepCount })).toMatchObject({ output: "hi Ada!", trigger: { kind: "cli" } });
    expect((steps as unknown[]).map((step) => Step.parse(step).key)).toEqual(["hello", "shout"]);
    original = await reprise.runs.retrieve(String(runId));
    expect(original.isSuccess).toBe(true);
  });

  test("preflight, replay and compare give the contract's shapes", async () => {
    expect(Preflight.parse(await reprise.runs.preflight(original.id)).ok).toBe(true);
    const accepted = ReplayAccepted.parse(await reprise.runs.replay(original.id, { idempotencyKey: "once" }));
    expect((await reprise.runs.replay(original.id, { idempotencyKey: "once" })).id).toBe(accepted.id);
    replayId = accepted.id;
    const run = await reprise.runs.poll(replayId, { intervalMs: 50, timeoutMs: 15_000 });
    expect(run).toMatchObject({ replayOf: original.id, mode: "as_is", depth: 1, isSuccess: true });
    const comparison = await reprise.runs.compare(replayId, original.id);
    expect([comparison.a.id, comparison.b.id, comparison.counts.changed]).toEqual([original.id, replayId, 0]);
    expect((await command(["runs", "compare", original.id, replayId])).stdout).toContain("hello");
  });

  test("runs replay from a node with --wait, and its exit code", async () => {
    const answer = await inJson(["runs", "replay", original.id, "--from", "shout", "--target-version", "1", "--wait"]);
    const [run] = answer.runs as Run[];
    expect([(answer.ids as string[])[0], run?.fromNodeId, run?.version]).toEqual([run?.id, "shout", 1]);
  });

  test("trace, spans and events are read", async () => {
    const trace = await reprise.runs.trace(original.id);
    const span = await reprise.runs.span(original.id, trace.columns.id[0] ?? "");
    expect([trace.runId, span.nodeId]).toEqual([original.id, "hello"]);
    const { data, final } = await reprise.runs.events(original.id);
    const streamed = [];
    for await (const event of reprise.runs.streamEvents(original.id, { after: data[1]?.seq ?? 0 }))
      streamed.push(event);
    expect(final).toBe(true);
    expect(streamed).toEqual(data.slice(2));
    expect((await inJson(["runs", "events", original.id])).data).toEqual(data);
  });

  test("subscribeToRun of a live run ends with the run as it ended", async () => {
    const { id } = await reprise.workflows.trigger("greet", { name: "Bo" }, { delay: "1s" });
    const seen: RunObject[] = [];
    for await (const run of reprise.runs.subscribeToRun(id)) seen.push(run);
    expect(seen[0]?.isQueued).toBe(true);
    expect(seen.at(-1)).toMatchObject({ id, isSuccess: true, output: "hi Bo!" });
  });
});

test("lists page through all runs with the filter", async () => {
  await ran("broken");
  await ran("broken");
  const failed = [];
  for await (const run of reprise.runs.list({ status: "failed", workflow: "broken", limit: 1 })) failed.push(run);
  expect(failed.map((run) => run.isFailed)).toEqual([true, true]);
  const { data } = await inJson(["runs", "list", "--status", "failed", "-w", "broken", "--since", "1h"]);
  expect(data.map(({ id }) => id)).toEqual(failed.map((run) => run.id));
});

test("watching a run that fails ends with 5", async () => {
  const { id } = await reprise.workflows.trigger("broken", {});
  expect(await command(["runs", "watch", id])).toMatchObject({ code: 5 });
});

test("a run is paused, resumed, rescheduled and cancelled", async () => {
  const { id } = await reprise.workflows.trigger("greet", {}, { delay: "1h" });
  const time = new Date(Date.now() + 7_200_000);
  expect((await reprise.runs.reschedule(id, { delay: time })).isQueued).toBe(true);
  expect(await inJson(["runs", "reschedule", id, "--delay", "3h"])).toMatchObject({ id, status: "pending" });
  expect((await reprise.runs.cancel({ id })).isCanceled).toBe(true);
  await expect(reprise.runs.cancel(id)).rejects.toMatchObject({ code: "run_final", status: 409 });
  const { runId } = await inJson(["trigger", "manual", "-w", "slow"]);
  await reprise.runs.pause(String(runId));
  expect(await inJson(["runs", "resume", String(runId)])).toMatchObject({ id: runId });
  expect(await command(["runs", "cancel", String(runId)])).toMatchObject({ code: 0 });
});

describe("a batch", () => {
  let batchId: string;
  let inFlight: string;

  test("is previewed, made by a filter and followed; a run that cannot be replayed is left out and shown", async () => {
    const tagged = { tags: ["many"] };
    for (const name of ["Ada", "Bo"]) {
      const handle = await reprise.workflows.trigger("greet", { name }, tagged);
      await reprise.runs.poll(handle, { intervalMs: 50, timeoutMs: 15_000 });
    }
    inFlight = (await reprise.workflows.trigger("greet", { name: "Cy" }, { ...tagged, delay: "1h" })).id;
    const preview = await inJson(["replays", "batch", "--tag", "many", "--preflight"]);
    expect(BatchPreflight.parse(preview)).toMatchObject({
      ...{ total: 3, replayable: 2 },
      verdicts: [{ code: "run_in_flight", count: 1, runIds: [inFlight] }],
    });
    const made = await command(["replays", "batch", "--tag", "many", "--name", "night", "--wait", "-y", "-o", "json"]);
    const batch = Batch.parse(JSON.parse(made.stdout));
    expect({ ...batch, code: made.code }).toMatchObject({
      ...{ code: 5, name: "night", status: "completed", total: 3, filter: { tag: ["many"] } },
      ...{ counts: { submitted: 2, refused: 1 }, runCounts: { completed: 2 } },
      refusals: [{ code: "run_in_flight", count: 1 }],
    });
    expect(made.stderr).toContain("2 of 3 submitted");
    batchId = batch.id;
    expect((await inJson(["replays", "list"])).data.map(({ id }) => id)).toEqual([batchId]);
    const replays = (await inJson(["runs", "list", "--batch", batchId])).data.map(({ id }) => id);
    const items = (await reprise.runs.bulk.items({ id: batchId }, { status: ["submitted"] })).data;
    expect(items.map(({ newRunId }) => newRunId).toSorted()).toEqual(replays.toSorted());
    const refused = await command(["replays", "items", batchId, "--status", "refused"]);
    expect(refused.stdout).toMatch(new RegExp(`${inFlight} .*refused .*run_in_flight`));
    expect(refused.stdout.trim().split("\n")).toHaveLength(2);
    expect((await command(["replays", "get", batchId])).stdout).toContain("1 run_in_flight");
  });

  test("is retried: what was refused is replayed, and watching it succeeds", async () => {
    expect(await reprise.runs.cancelMany({ runIds: [inFlight, "run_nope"] })).toEqual({
      cancelled: [inFlight],
      notCancellable: [{ id: "run_nope", code: "not_found" }],
    });
    expect(await inJson(["replays", "retry", batchId])).toMatchObject({ status: "running" });
    const { code, stdout } = await command(["replays", "watch", batchId]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("3 completed") as string });
  });

  test("is paused, resumed and aborted while the pace holds it back", async () => {
    await reprise.request("PUT", "/workspace", { body: { batchPace: 1 } });
    const { data: runs } = await reprise.runs.list({ tag: "many", limit: 2 });
    const batch = await reprise.runs.bulk.replay({ runIds: runs.map(({ id }) => id) });
    expect(await inJson(["replays", "pause", batch.id])).toMatchObject({ status: "paused", statusReason: "user" });
    expect(await command(["replays", "watch", batch.id, "--timeout", "10ms"])).toMatchObject({ code: 3 });
    const resumed = await inJson(["replays", "resume", batch.id, "--max-cost", "1.5"]);
    expect(resumed).toMatchObject({ status: "running", maxCostMicros: 1_500_000 });
    expect(await inJson(["replays", "abort", batch.id, "--cancel-runs"])).toMatchObject({
      ...{ status: "aborted", counts: { submitted: 0, aborted: 2 } },
    });
    expect(await reprise.runs.bulk.poll(batch)).toMatchObject({ status: "aborted" });
    expect(await command(["replays", "pause", batch.id])).toMatchObject({ code: 1, stdout: "" });
  });
});

test("a prompt is pushed, found again, and gets a revision", async () => {
  const push = (text: string) => inJson(["prompts", "push", "-", "--name", "greeting"], text);
  const first = await push("Be kind.");
  expect(await push("Be kind.")).toMatchObject({ id: first.id, contentHash: first.contentHash, created: false });
  const second = await push("Be kind.\r\n");
  expect(second).toMatchObject({ id: first.id, created: true });
  const revision = await reprise.prompts.retrieveRevision(String(first.id), String(second.contentHash));
  expect(revision.text).toBe("Be kind.\r\n");
  expect((await inJson(["prompts", "list"])).data).toMatchObject([{ name: "greeting", revisions: 2 }]);
});

test("models and policies are read and written", async () => {
  const [model] = (await reprise.models.list({ limit: 1 })).data;
  const policy = await reprise.policies.update({ allowedProviders: [], replay: { allowMutations: false } });
  expect(policy.workspace).toMatchObject({ allowedProviders: [], allowedModels: null });
  expect((await reprise.models.list({ limit: 1 })).data[0]).toMatchObject({ ref: model?.ref, allowed: false });
  await reprise.policies.update({});
  expect((await reprise.policies.retrieve()).effective.allowedProviders.value).toBeNull();
});

test("refusals reach the SDK and the exit code", async () => {
  await expect(readOnly.workflows.trigger("greet", {})).rejects.toMatchObject({ code: "forbidden", status: 403 });
  await expect(reprise.runs.retrieve("run_nope")).rejects.toMatchObject({ code: "not_found", status: 404 });
  const env = { REPRISE_URL: server.url, REPRISE_API_KEY: "rp_live_wrong" };
  expect(await cli.run(["runs", "list"], { env })).toMatchObject({ code: 4, stdout: "" });
  await reprise.workflows.pause("greet", { reason: "a test" });
  const [run] = (await reprise.runs.list({ workflow: "greet", status: "completed", limit: 1 })).data;
  expect(await command(["runs", "replay", run?.id ?? ""])).toMatchObject({ code: 6, stdout: "" });
  await reprise.workflows.unpause("greet");
});

test("the quota ends a bulk replay with 6 and tells what was submitted; the SDK says when to come back", async () => {
  const run = await ran("greet");
  const { code, stdout, stderr } = await command(["runs", "replay", ...Array<string>(21).fill(run.id), "-o", "json"]);
  expect(code).toBe(6);
  expect((JSON.parse(stdout) as { ids: string[] }).ids.length).toBeLessThanOrEqual(20);
  expect(stderr).toContain("replay_quota_exceeded");
  const refused = await reprise.runs.replay(run.id).then(
    () => null,
    (error: unknown) => error as { retryAfterMs: number },
  );
  expect(refused).toMatchObject({ code: "replay_quota_exceeded", status: 429 });
  expect(refused?.retryAfterMs).toBeGreaterThan(10_000);
});

test("a schedule is made, read, changed, followed to its runs and deleted from the command line and the SDK", async () => {
  const create = ["schedules", "create", "-w", "greet", "--time-zone", "Europe/Berlin"];
  const made = await inJson([...create, "--cron", "* * * * * *"]);
  expect(made).toMatchObject({ workflow: { slug: "greet" }, timeZone: "Europe/Berlin", enabled: true, catchUp: false });
  expect(made["next"]).toHaveLength(5);
  const id = String(made["id"]);
  const started = async () => (await inJson(["runs", "list", "--schedule", id])).data.length;
  await expect.poll(started, { timeout: 30_000, interval: 500 }).toBeGreaterThan(0);
  expect(await reprise.schedules.update(id, { enabled: false })).toMatchObject({ enabled: false, next: [] });
  expect(await inJson(["schedules", "update", id, "--cron", "@daily"])).toMatchObject({ cron: "@daily" });
  expect((await inJson(["schedules", "list"])).data.map((schedule) => schedule["id"])).toContain(id);
  expect((await command(["schedules", "get", id])).stdout).toContain("@daily (Europe/Berlin)");
  expect((await command([...create, "--cron", "every day"])).code).toBe(2);
  await inJson(["schedules", "delete", id]);
  await expect(reprise.schedules.retrieve(id)).rejects.toMatchObject({ code: "not_found" });
});
