import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeDatabase } from "#/db/client.ts";
import { live, ready } from "#/lib/api/health.ts";
import { metricsResponse } from "#/lib/api/metrics.ts";
import { endAllStreams } from "#/lib/api/open-streams.ts";
import type { LogLine } from "#/lib/contract/log.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { finished, reached, startWorker } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

const testDatabase = ownDatabase();
let tenant: Tenant;
let api: ReturnType<typeof restApi>;
let worker: Awaited<ReturnType<typeof startWorker>>;
let key: string;
let reader: string;

/** Every call is refused by the guard, at once and without a network: each node leaves an error line. */
const definition = {
  name: "refused",
  nodes: Array.from({ length: 5 }, (_, index) => ({
    id: `n${index}`,
    type: "tool",
    http: { method: "GET", url: "http://10.0.0.1/" },
  })),
};

beforeAll(async () => {
  [tenant, api] = [await createTenant(), restApi()];
  key = (
    await createApiKey(tenant.system, { name: "all", scopes: ["runs:read", "runs:write", "workflows:write", "admin"] })
  ).secret;
  reader = (await createApiKey(tenant.system, { name: "reader", scopes: ["runs:read"] })).secret;
  expect((await api.call("POST", "/workflows", { key, body: { slug: "refused", definition } })).status).toBe(201);
  worker = await startWorker();
});
afterAll(async () => {
  await worker?.stop().catch(() => {});
});

async function endedRun(): Promise<string> {
  const { body } = await api.call("POST", "/workflows/refused/runs", { key, body: {} });
  await finished(tenant.system, body.id);
  return body.id as string;
}

/** Every page of a list, `limit` at a time. */
async function paged(path: string, limit: number): Promise<{ data: object[]; pages: number }> {
  const data: object[] = [];
  for (let [pages, cursor] = [1, ""]; ; pages++) {
    const { body } = await api.call("GET", `${path}?limit=${limit}${cursor}`, { key: reader });
    expect(body.data.length).toBeLessThanOrEqual(limit);
    data.push(...body.data);
    if (!body.hasMore) return { data, pages };
    cursor = `&cursor=${body.nextCursor}`;
  }
}

describe("GET /runs/{id}/steps and /approvals", () => {
  const asking = {
    name: "asking",
    nodes: [
      {
        id: "each",
        type: "map",
        over: "{{ trigger.items }}",
        as: "item",
        concurrency: 5,
        nodes: [{ id: "ask", type: "wait", approval: { title: "Item {{ item }}" } }],
      },
    ],
  };

  test("come whole without a limit, else page by page, and take no cursor of another list", async () => {
    await api.call("POST", "/workflows", { key, body: { slug: "asking", definition: asking } });
    const payload = { items: [1, 2, 3, 4, 5] };
    const { body: run } = await api.call("POST", "/workflows/asking/runs", { key, body: { payload } });
    await reached(tenant.system, run.id, "waiting", "approval");
    for (const [list, count] of [
      ["steps", 6],
      ["approvals", 5],
    ] as const) {
      const { body: whole } = await api.call("GET", `/runs/${run.id}/${list}`, { key: reader });
      expect(whole).toMatchObject({ hasMore: false, nextCursor: null });
      expect(whole.data).toHaveLength(count);
      expect(await paged(`/runs/${run.id}/${list}`, 2)).toEqual({ data: whole.data, pages: 3 });
    }
    const { body: page } = await api.call("GET", `/runs/${run.id}/steps?limit=2`, { key });
    for (const path of [`${run.id}/approvals`, `${await endedRun()}/steps`]) {
      const elsewhere = await api.call("GET", `/runs/${path}?cursor=${page.nextCursor}`, { key });
      expect(elsewhere.problem).toMatchObject({ status: 400, code: "validation_failed" });
    }
    for (const query of ["limit=0", "limit=1001", "cursor=x", "after=1"])
      expect((await api.call("GET", `/runs/${run.id}/steps?${query}`, { key })).status).toBe(400);
  });
});

describe("GET /runs/{id}/logs", () => {
  test("pages through all lines once, by cursor as by `after`, and takes no cursor of another list", async () => {
    const id = await endedRun();
    const all = (await api.call("GET", `/runs/${id}/logs?limit=100`, { key: reader })).body.data as LogLine[];
    expect(all.length).toBeGreaterThanOrEqual(5);
    const seen: LogLine[] = [];
    for (let cursor = ""; ;) {
      const { body } = await api.call("GET", `/runs/${id}/logs?limit=2${cursor}`, { key: reader });
      seen.push(...body.data);
      if (!body.hasMore) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual(all);
    const behind = await api.call("GET", `/runs/${id}/logs?after=${all[1]?.seq}`, { key: reader });
    expect(behind.body.data).toEqual(all.slice(2, 22));
    const { body: page } = await api.call("GET", `/runs/${id}/logs?limit=2`, { key });
    const elsewhere = await api.call("GET", `/runs/${await endedRun()}/logs?cursor=${page.nextCursor}`, { key });
    expect(elsewhere.problem).toMatchObject({ status: 400, code: "validation_failed" });
  });

  test.each(["level=loud", "after=-1", "limit=0", "cursor=x", "spanId=" + "x".repeat(65)])(
    "refuses ?%s",
    async (query) => {
      expect((await api.call("GET", `/runs/${await endedRun()}/logs?${query}`, { key })).status).toBe(400);
    },
  );
});

describe("DELETE /runs/{id}", () => {
  test("204 with the scope admin, 403 without, then 404", async () => {
    const id = await endedRun();
    expect((await api.call("DELETE", `/runs/${id}`, { key: reader })).status).toBe(403);
    expect((await api.call("DELETE", `/runs/${id}`, { key })).status).toBe(204);
    for (const path of ["", "/logs", "/steps", "/events", "/trace", "/approvals"])
      expect((await api.call("GET", `/runs/${id}${path}`, { key })).status).toBe(404);
    expect((await api.call("DELETE", `/runs/${id}`, { key })).status).toBe(404);
  });

  test("409 while the run has not ended", async () => {
    const { body } = await api.call("POST", "/workflows/refused/runs", { key, body: { delay: "1h" } });
    expect((await api.call("DELETE", `/runs/${body.id}`, { key })).problem).toMatchObject({
      status: 409,
      code: "run_in_flight",
    });
  });
});

describe("PUT /workspace", () => {
  test("sets and unsets retention, and refuses what is no number of days", async () => {
    expect((await api.call("PUT", "/workspace", { key, body: { retentionDays: 30 } })).body).toMatchObject({
      retentionDays: 30,
    });
    expect((await api.call("GET", "/workspace", { key: reader })).body).toMatchObject({
      retentionDays: 30,
      slug: tenant.workspace.slug,
    });
    for (const retentionDays of [0, -1, 1.5, "30"])
      expect((await api.call("PUT", "/workspace", { key, body: { retentionDays } })).status).toBe(400);
    expect((await api.call("PUT", "/workspace", { key: reader, body: {} })).status).toBe(403);
    expect((await api.call("PUT", "/workspace", { key, body: {} })).body).toMatchObject({ retentionDays: null });
  });
});

describe("metrics of the web", () => {
  const ask = (authorization?: string) =>
    metricsResponse(new Request("http://localhost/api/metrics", { headers: authorization ? { authorization } : {} }));

  test("do not exist without a token of the installation, and need it exactly", async () => {
    expect((await ask("Bearer undefined")).status).toBe(404);
    process.env["REPRISE_METRICS_TOKEN"] = "a-token-for-the-metrics";
    expect((await ask()).status).toBe(401);
    expect((await ask("Bearer a-token-for-the-metric")).status).toBe(401);
    await api.call("GET", "/runs", { key });
    const answer = await ask("Bearer a-token-for-the-metrics");
    const text = await answer.text();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/plain")]);
    expect(text).toContain('reprise_http_request_duration_seconds_count{route="GET /runs",status="200"}');
    expect(text).toContain('reprise_open_runs{status="pending",reason="delayed"} 1');
    expect(text).toContain("reprise_database_up 1");
    // Nothing that tells one tenant, run or key from another.
    expect(text).not.toMatch(/ws_|run_0|key_|rp_live/);
  });
});

/** The address first: whoever asks while the old pools close makes the new ones. */
async function connectTo(url: string): Promise<void> {
  process.env["DATABASE_URL"] = url;
  await closeDatabase();
}

describe("readiness of the web", () => {
  test("503 and a scrape that still answers while the database is away; 200 when it is back", async () => {
    await expect.poll(async () => (await ready()).status).toBe(200);
    await worker.stop();
    await connectTo("postgres://nobody@127.0.0.1:1/nowhere");
    const answer = await ready();
    expect([answer.status, await answer.json()]).toEqual([503, { status: "unreachable" }]);
    const scrape = await metricsResponse(
      new Request("http://localhost/api/metrics", { headers: { authorization: "Bearer a-token-for-the-metrics" } }),
    );
    expect(await scrape.text()).toContain("reprise_database_up 0");
    expect(live().status).toBe(200);
    await connectTo(testDatabase.url);
    await expect.poll(async () => (await ready()).status).toBe(200);
  });

  test("503 from the moment the process is asked to stop", async () => {
    endAllStreams();
    const answer = await ready();
    expect([answer.status, await answer.json()]).toEqual([503, { status: "draining" }]);
    expect(live().status).toBe(200);
  });
});
