import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Problem } from "#/lib/contract/problem.ts";
import { ReplayAccepted } from "#/lib/contract/replay.ts";
import type { Run } from "#/lib/contract/run.ts";
import type { HttpAnswer, HttpApi } from "#/tests/support/http-api.ts";
import { startStack, type Stack } from "#/tests/support/processes.ts";
import { greet, stackTenants, type StackTenant, type StackTenants } from "#/tests/support/stack-tenants.ts";

let stack: Stack;
let tenants: StackTenants;
let originals: Map<StackTenant, Run>;
beforeAll(async () => {
  stack = await startStack({ webs: 2, workers: 1 });
  tenants = await stackTenants(stack);
  originals = new Map(await Promise.all(tenants.map(async (tenant) => [tenant, await original(tenant)] as const)));
});
afterAll(() => stack?.stop());

async function original(tenant: StackTenant): Promise<Run> {
  const api = tenant.api();
  expect((await api.call("POST", "/workflows", { body: { slug: "greet", definition: greet } })).status).toBe(201);
  const run = await api.ran("greet", { payload: { name: "Ada" } });
  expect(run).toMatchObject({ status: "completed", output: "hello Ada" });
  return run;
}
const originalOf = (tenant: StackTenant): Run => originals.get(tenant) as Run;
const replaysOf = async (api: HttpApi, id: string) =>
  (await api.call("GET", `/runs?replayOf=${id}&limit=100`)).body.data as Run[];
const remaining = async (api: HttpApi, id: string) =>
  (await api.call("POST", `/runs/${id}/replay/preflight`)).body.quota.remaining as number;
const byStatus = (answers: HttpAnswer[], status: number) => answers.filter((answer) => answer.status === status);

describe("the replay quota over two web processes and two keys", () => {
  // B2 stays unspent: it is the neighbour that must not notice, and what the tests below use.
  test.each([0, 1, 2])("100 at once: exactly 20 are accepted, refused ones are free (round %i)", async (round) => {
    const tenant = tenants[round] as StackTenant;
    const { id } = originalOf(tenant);
    const apis = [tenant.api(0), tenant.api(1), tenant.scoped("replays:write", 0), tenant.scoped("replays:write", 1)];
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) => (apis[n % 4] as HttpApi).call("POST", `/runs/${id}/replay`)),
    );
    const [accepted, refused] = [byStatus(answers, 202), byStatus(answers, 429)];
    expect([accepted.length, refused.length]).toEqual([20, 80]);
    for (const { body } of accepted) ReplayAccepted.parse(body);
    const replays = await replaysOf(tenant.api(), id);
    expect(new Set(replays.map((run) => run.id))).toEqual(new Set(accepted.map(({ body }) => body.id as string)));
    const windowEnds = Math.min(...replays.map(({ createdAt }) => Date.parse(createdAt))) + 60_000;
    const asked = Date.now();
    const late = await tenant.api(1).call("POST", `/runs/${id}/replay`);
    const answered = Date.now();
    for (const { headers, body } of [...refused, late]) {
      expect(body).toMatchObject({ status: 429, code: "replay_quota_exceeded", detail: "Replay quota exceeded" });
      const seconds = Number(headers.get("retry-after"));
      expect(headers.get("ratelimit-policy")).toBe('"replay";q=20;w=60');
      expect(headers.get("ratelimit")).toBe(`"replay";r=0;t=${seconds}`);
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    const wait = Number(late.headers.get("retry-after")) * 1000;
    expect(wait).toBeGreaterThan(windowEnds - answered - 500);
    expect(wait).toBeLessThan(windowEnds - asked + 1500);
    expect(await remaining(tenant.api(), id)).toBe(0);
    expect((await replaysOf(tenant.api(), id)).length).toBe(20);
    for (const run of replays) expect((await tenant.api().reached(run.id)).status).toBe("completed");
  });

  test("is each workspace's own", async () => {
    const tenant = tenants[3];
    expect(await remaining(tenant.api(), originalOf(tenant).id)).toBe(20);
    expect((await tenant.api(1).call("POST", `/runs/${originalOf(tenant).id}/replay`)).status).toBe(202);
  });
});

describe("one Idempotency-Key over two web processes", () => {
  test("50 at once make one run and cost one unit; later ones get the first answer", async () => {
    const tenant = tenants[3];
    const { id } = originalOf(tenant);
    const [before, known] = [await remaining(tenant.api(), id), (await replaysOf(tenant.api(), id)).length];
    const headers = { "idempotency-key": "fifty-at-once" };
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => tenant.api(n % 2).call("POST", `/runs/${id}/replay`, { headers })),
    );
    const accepted = byStatus(answers, 202);
    expect(new Set(accepted.map(({ body }) => body.id)).size).toBe(1);
    expect(accepted.filter(({ headers: sent }) => sent.get("idempotent-replayed") === null).length).toBe(1);
    for (const { status, body } of answers)
      if (status !== 202) expect([status, body.code]).toEqual([409, "idempotency_in_progress"]);
    const again = await tenant.api(1).call("POST", `/runs/${id}/replay`, { headers });
    expect([again.status, again.headers.get("idempotent-replayed"), again.body.id]).toEqual([
      202,
      "true",
      accepted[0]?.body.id,
    ]);
    expect((await replaysOf(tenant.api(), id)).length).toBe(known + 1);
    expect(await remaining(tenant.api(), id)).toBe(before - 1);
    const other = await tenant
      .api()
      .call("POST", `/runs/${id}/replay`, { headers, body: { payload: { name: "Bea" } } });
    expect([other.status, other.body.code, other.headers.get("x-should-retry")]).toEqual([
      422,
      "idempotency_key_reused",
      "false",
    ]);
  });

  test("a refused request has not burned it", async () => {
    const api = tenants[3].api();
    const id = await api.trigger("greet", { payload: { name: "Eve" }, delay: "1h" });
    const headers = { "idempotency-key": "refused-first" };
    const refused = await api.call("POST", `/runs/${id}/replay`, { headers });
    expect([refused.status, refused.body.code, refused.body.detail, refused.headers.get("retry-after")]).toEqual([
      409,
      "run_in_flight",
      "Cannot replay an in-flight run",
      null,
    ]);
    expect((await api.call("POST", `/runs/${id}/cancel`)).status).toBe(200);
    await api.reached(id);
    const accepted = await api.call("POST", `/runs/${id}/replay`, { headers });
    expect([accepted.status, accepted.headers.get("idempotent-replayed")]).toEqual([202, null]);
  });
});

test("the same replay through curl: nothing but a key and a POST", async () => {
  const tenant = tenants[3];
  const { id } = originalOf(tenant);
  const secret = tenant.apiKeys.find(({ scopes }) => scopes.length === 1 && scopes[0] === "replays:write")?.secret;
  const { stdout } = await promisify(execFile)("curl", [
    ...["-sS", "-i", "-X", "POST", "-H", `Authorization: Bearer ${secret}`],
    `${stack.baseUrls[0]}/api/v1/runs/${id}/replay`,
  ]);
  const [head = "", body = ""] = stdout.split("\r\n\r\n");
  expect(head).toMatch(/^HTTP\/1\.1 202 /);
  expect(head).toMatch(/^request-id: req_\w+$/im);
  const run = ReplayAccepted.parse(JSON.parse(body));
  expect(run).toMatchObject({ replayOf: id, rootRun: id, depth: 1, mode: "as_is" });
  expect(run.url).toBe(`/${tenant.slug}/ai/runs/${run.id}`);
  expect(head).toMatch(new RegExp(`^location: /api/v1/runs/${run.id}$`, "im"));
  expect(await tenant.api().reached(run.id)).toMatchObject({ status: "completed", output: "hello Ada" });
});

describe("server-sent events over HTTP", () => {
  /** Ids and types until `event: end`, or until `most` events have come. */
  async function follow(baseUrl: string, key: string, id: string, after: number | null, most = Infinity) {
    const abort = new AbortController();
    const headers: Record<string, string> = { authorization: `Bearer ${key}`, accept: "text/event-stream" };
    if (after !== null) headers["last-event-id"] = String(after);
    const response = await fetch(`${baseUrl}/api/v1/runs/${id}/events`, { headers, signal: abort.signal });
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
    const ids: number[] = [];
    const types: string[] = [];
    let text = "";
    const decoder = new TextDecoder();
    const body = response.body as unknown as AsyncIterable<Uint8Array>;
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const type = /^event: (.+)$/m.exec(block)?.[1];
        const seq = /^id: (\d+)$/m.exec(block)?.[1];
        if (ids.length >= most) break;
        if (type) types.push(type);
        if (seq) ids.push(Number(seq));
      }
      if (ids.length >= most) break;
    }
    abort.abort();
    return { ids, types };
  }

  test("come once each, in order, across a reconnect to another process, and end", async () => {
    const tenant = tenants[3];
    const key = tenant.apiKeys.find(({ scopes }) => scopes.length > 1)?.secret ?? "";
    const api = tenant.api();
    const nodes = Array.from({ length: 12 }, (_, n) => ({
      ...{ id: `n${n}`, type: "transform", value: n },
      ...(n > 0 ? { needs: [`n${n - 1}`] } : {}),
    }));
    expect(
      (await api.call("POST", "/workflows", { body: { slug: "chain", definition: { name: "chain", nodes } } })).status,
    ).toBe(201);
    const id = await api.trigger("chain");
    const first = await follow(stack.baseUrls[0] ?? "", key, id, null, 3);
    const had = first.ids.at(-1) ?? null;
    const rest = await follow(stack.baseUrls[1] ?? "", key, id, had);
    expect(rest.types.at(-1)).toBe("end");
    expect(rest.types.at(-2)).toBe("run.completed");
    expect(first.types[0]).toBe("run.created");
    const ids = [...first.ids, ...rest.ids];
    expect(ids).toEqual(ids.map((_, n) => (ids[0] ?? 0) + n));
    const listed = (await api.call("GET", `/runs/${id}/events`)).body.data as { seq: number }[];
    expect(ids).toEqual(listed.map(({ seq }) => seq));
    const afterwards = await follow(stack.baseUrls[0] ?? "", key, id, ids.at(-1) ?? null);
    expect([afterwards.ids, afterwards.types]).toEqual([[], ["end"]]);
  });
});

describe("paging over HTTP", () => {
  test("lists each run once, newest first, while others are added", async () => {
    const api = tenants[3].api();
    expect((await api.call("POST", "/workflows", { body: { slug: "paged", definition: greet } })).status).toBe(201);
    const add = () => api.trigger("paged", { payload: { name: "x" } });
    const made: string[] = [];
    for (let n = 0; n < 11; n += 1) made.push(await add());
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: HttpAnswer = await api.call(
        "GET",
        `/runs?workflow=paged&limit=3${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...(body.data as Run[]).map((run) => run.id));
      cursor = body.nextCursor as string | null;
      expect(body.hasMore).toBe(cursor !== null);
      await add();
    } while (cursor !== null);
    expect(seen).toEqual(made.toReversed());
  });

  test("takes a cursor only for the list and the workspace that gave it", async () => {
    const api = tenants[3].api();
    const { body } = await api.call("GET", "/runs?workflow=paged&limit=1");
    const cursor = encodeURIComponent(body.nextCursor as string);
    for (const [other, path] of [
      [tenants[0].api(), `/runs?workflow=paged&cursor=${cursor}`],
      [api, `/runs?workflow=greet&cursor=${cursor}`],
      [api, `/prompts?cursor=${cursor}`],
    ] as const) {
      const answer = await other.call("GET", path);
      expect([answer.status, Problem.parse(answer.body).errors?.[0]?.path]).toEqual([400, "query.cursor"]);
    }
  });
});
