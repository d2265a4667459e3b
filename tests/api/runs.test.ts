import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { endAllStreams, openStreamCount } from "#/lib/api/open-streams.ts";
import type { Scope } from "#/lib/contract/access.ts";
import { ReplayAccepted } from "#/lib/contract/replay.ts";
import { Run, RunAccepted, Step } from "#/lib/contract/run.ts";
import { TraceSkeleton } from "#/lib/contract/trace.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { removeMember } from "#/lib/tenancy/remove-member.ts";
import { revokeApiKey } from "#/lib/tenancy/revoke-api-key.ts";
import { finished, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi, sessionCookie } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
let api: ReturnType<typeof restApi>;
let worker: Awaited<ReturnType<typeof startWorker>>;
let key: string;
let otherKey: string;
const everything: Scope[] = ["runs:read", "runs:write", "replays:write", "workflows:write", "admin", "account"];
const definition = {
  name: "greet",
  nodes: [
    { id: "hello", type: "transform", value: "hello {{ trigger.name }}" },
    { id: "shout", type: "transform", needs: ["hello"], value: { text: "{{ nodes.hello.output }}" } },
  ],
  output: "{{ nodes.shout.output.text }}",
};

beforeAll(async () => {
  [tenant, other, api] = [await createTenant(), await createTenant(), restApi()];
  key = (await createApiKey(tenant.system, { name: "all", scopes: everything })).secret;
  otherKey = (await createApiKey(other.system, { name: "all", scopes: everything })).secret;
  for (const as of [key, otherKey])
    expect((await api.call("POST", "/workflows", { key: as, body: { slug: "greet", definition } })).status).toBe(201);
  worker = await startWorker();
});
afterAll(async () => {
  await worker.stop().catch(() => {});
});

const trigger = async () => {
  const { status, body, headers } = await api.call("POST", "/workflows/greet/runs", {
    key,
    body: { payload: { name: "Ada" } },
  });
  expect([status, headers.get("location")]).toEqual([202, `/api/v1/runs/${body.id}`]);
  return RunAccepted.parse(body).id;
};
const done = async () => {
  const id = await trigger();
  await finished(tenant.system, id);
  return id;
};

describe("a run over REST", () => {
  test("is read as it is stored, whatever its payload", async () => {
    const payloads = [null, "text", "1001", 1001, [], {}, { a: [{ b: "\u0000 \ud800 \u2028 ü" }], "": null }];
    for (const payload of payloads) {
      const { body } = await api.call("POST", "/workflows/greet/runs", { key, body: { payload } });
      const stored = await finished(tenant.system, body.id);
      const read = await api.call("GET", `/runs/${body.id}`, { key });
      expect([read.status, read.headers.get("content-type"), read.body]).toEqual([200, "application/json", stored]);
      expect(Run.parse(read.body).payload).toEqual(payload);
    }
  });

  test("is triggered, ends, and can be read in every form that the contract names", async () => {
    const id = await done();
    expect(Run.parse((await api.call("GET", `/runs/${id}`, { key })).body)).toMatchObject({
      status: "completed",
      output: "hello Ada",
    });
    const steps = (await api.call("GET", `/runs/${id}/steps`, { key })).body.data as unknown[];
    expect(steps.map((step) => Step.parse(step).nodeId)).toEqual(["hello", "shout"]);
    const trace = TraceSkeleton.parse((await api.call("GET", `/runs/${id}/trace`, { key })).body);
    expect(trace.count).toBeGreaterThanOrEqual(2);
    const packed = await api.send("GET", `/runs/${id}/trace`, { key, headers: { accept: "application/gzip" } });
    expect(packed.headers.get("content-type")).toBe("application/gzip");
    expect(JSON.parse(gunzipSync(await packed.arrayBuffer()).toString())).toEqual(trace);
    const span = await api.call("GET", `/runs/${id}/spans/${trace.columns.id[0]}`, { key });
    expect(span.body).toMatchObject({ nodeId: "hello", output: "hello Ada" });
    const events = (await api.call("GET", `/runs/${id}/events`, { key })).body.data as { type: string }[];
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(["run.created", "run.completed"]);
    const list = await api.call("GET", "/runs?workflow=greet&status=completed", { key });
    expect(list.body.data.map((run: { id: string }) => run.id)).toContain(id);
  });

  test("is replayed with an empty body, with and without JSON, and the answer is the contract's", async () => {
    const id = await done();
    for (const body of [undefined, {}, { mode: "as_is" }]) {
      const { status, body: accepted, headers } = await api.call("POST", `/runs/${id}/replay`, { key, body });
      expect(status).toBe(202);
      const run = ReplayAccepted.parse(accepted);
      expect(run).toMatchObject({ replayOf: id, rootRun: id, depth: 1, mode: "as_is" });
      expect(headers.get("location")).toBe(`/api/v1/runs/${run.id}`);
    }
    const unknown = await api.call("POST", `/runs/${id}/replay`, { key, body: { modes: "as_is" } });
    expect(unknown.problem).toMatchObject({ status: 400, errors: [{ path: "body.modes" }] });
  });

  test("one Idempotency-Key, one replay: 30 at once cost one unit of the quota", async () => {
    const id = await done();
    const remaining = async () =>
      (await api.call("POST", `/runs/${id}/replay/preflight`, { key })).body.quota.remaining as number;
    const before = await remaining();
    const headers = { "idempotency-key": "replay-once" };
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => api.call("POST", `/runs/${id}/replay`, { key, headers })),
    );
    expect(new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body.id)).size).toBe(1);
    expect(await remaining()).toBe(before - 1);
    const elsewhere = await api.call("POST", `/runs/${await done()}/replay`, { key, headers });
    expect([elsewhere.status, elsewhere.headers.get("idempotent-replayed")]).toEqual([202, null]);
  });
});

describe("another tenant", () => {
  test("gets 403 or 404 for every id of ours, not a byte of it, and changes nothing", async () => {
    const id = await done();
    const { body: prompt } = await api.call("POST", "/prompts", {
      key,
      body: { name: "secret-prompt", text: "secret-text" },
    });
    const { body: made } = await api.call("POST", "/api-keys", {
      key,
      body: { name: "secret-key", scopes: ["runs:read"] },
    });
    const span = TraceSkeleton.parse((await api.call("GET", `/runs/${id}/trace`, { key })).body).columns.id[0];
    await api.call("PUT", "/policies", { key, body: { allowedModels: ["secret:model"] } });
    const before = await Promise.all(
      ["/runs", "/prompts", "/workflows", "/policies"].map((path) => api.call("GET", path, { key })),
    );
    const attempts = [
      ["GET", `/runs/${id}`],
      ["GET", `/runs/${id}/trace`],
      ["GET", `/runs/${id}/steps`],
      ["GET", `/runs/${id}/events`],
      ["GET", `/runs/${id}/spans/${span}`],
      ["POST", `/runs/${id}/cancel`],
      ["POST", `/runs/${id}/pause`],
      ["POST", `/runs/${id}/resume`],
      ["POST", `/runs/${id}/replay`],
      ["POST", `/runs/${id}/replay/preflight`],
      ["GET", `/prompts/${prompt.id}`],
      ["GET", `/prompts/${prompt.id}/revisions`],
      ["GET", `/prompts/${prompt.id}/revisions/${prompt.contentHash}`],
      ["DELETE", `/prompts/${prompt.id}`],
      ["DELETE", `/api-keys/${made.id}`],
    ] as const;
    for (const [method, path] of attempts) {
      const answer = await api.call(method, path, { key: otherKey });
      expect(`${method} ${path} ${[403, 404].includes(answer.status)}`).toBe(`${method} ${path} true`);
      expect(answer.text).not.toMatch(/secret|Ada|greet/);
      const unknown = await api.call(method, path.replace(/(run|prompt|key)_\w+/, "$1_unknown"), { key: otherKey });
      if (!path.includes("replay")) expect(answer.problem.detail).toBe(unknown.problem.detail);
    }
    const stream = await api.send("GET", `/runs/${id}/events`, {
      key: otherKey,
      headers: { accept: "text/event-stream" },
    });
    expect(stream.status).toBe(404);
    for (const path of [
      "/runs",
      `/runs?rootRun=${id}`,
      `/runs?q=${id}`,
      "/prompts",
      "/api-keys",
      "/policies",
      "/audit-events",
    ])
      expect((await api.call("GET", path, { key: otherKey })).text).not.toMatch(/secret/);
    const after = await Promise.all(
      ["/runs", "/prompts", "/workflows", "/policies"].map((path) => api.call("GET", path, { key })),
    );
    expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body));
  });
});

describe("following a run", () => {
  const follow = (path: string, sent: object) =>
    api.send("GET", path, {
      ...sent,
      headers: { accept: "text/event-stream", ...(sent as { headers?: object }).headers },
    });
  test("sends the whole history once, in order, and ends; a client resumes after the last event it has", async () => {
    const id = await trigger();
    const text = await (await follow(`/runs/${id}/events`, { key })).text();
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    expect(new Set(ids).size).toBe(ids.length);
    expect(text).toContain("event: run.completed");
    expect(text.trimEnd().endsWith("event: end\ndata: {}")).toBe(true);
    const resumed = await (
      await follow(`/runs/${id}/events`, { key, headers: { "last-event-id": String(ids[2]) } })
    ).text();
    expect([...resumed.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]))).toEqual(ids.slice(3));
  });

  test("ends when the key or the member is revoked, and when the process drains", async () => {
    await worker.stop();
    const id = await trigger();
    const revoked = await createApiKey(tenant.system, { name: "follow", scopes: ["runs:read"] });
    const member = await tenant.as("viewer");
    const userId = member.actor.kind === "user" ? member.actor.userId : "";
    const cookie = await sessionCookie({ userId });
    const before = openStreamCount();
    const streams = await Promise.all([
      follow(`/runs/${id}/events`, { key: revoked.secret }),
      follow(`/runs/${id}/events?workspace=${tenant.workspace.slug}`, { cookie }),
      follow(`/runs/${id}/events`, { key }),
    ]);
    expect(streams.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [first, second, third] = streams.map((response) => response.text());
    await expect.poll(openStreamCount).toBe(before + 3);
    await revokeApiKey(tenant.system, revoked.id);
    await removeMember(tenant.system, userId);
    await Promise.all([first, second]);
    expect(openStreamCount()).toBe(before + 1);
    endAllStreams();
    expect(await third).not.toContain("event: end");
  });
});
