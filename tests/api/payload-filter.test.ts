import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { migrateDatabase } from "#/lib/worker/migrate.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { deleteRun } from "#/lib/runs/delete-run.ts";
import { cancelRun } from "#/lib/runs/cancel-run.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { Reprise } from "#/lib/sdk/client.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { startRouteServer } from "#/tests/support/route-server.ts";
import { cliInHome } from "#/tests/support/run-cli.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";
import { restApi } from "#/tests/support/rest.ts";

const own = ownDatabase();
const api = restApi();
const cli = cliInHome();
let tenant: Tenant;
let server: Awaited<ReturnType<typeof startRouteServer>>;
let apiKey: string;
let otherKey: string;
let client: Reprise;
const ids: Record<string, string> = {};

const payloads = {
  first: { ticketId: "T-17", region: "eu", customer: { id: 7, vip: true }, items: [{ sku: "A" }, { sku: "B" }] },
  second: { ticketId: "T-18", region: "eu", customer: { id: 7, vip: false }, "a.b": { c: null } },
  third: { ticketId: "T-19", region: "eu", note: "zero \u0000 and half \ud800", customer: { id: "7" } },
  fourth: ["T-17", { region: "us" }],
  fifth: "T-17",
};

beforeAll(async () => {
  server = await startRouteServer();
  tenant = await createTenant();
  const other = await createTenant();
  apiKey = (await createApiKey(tenant.system, { name: "runs", scopes: ["runs:read", "runs:write"] })).secret;
  otherKey = (await createApiKey(other.system, { name: "runs", scopes: ["runs:read", "runs:write"] })).secret;
  client = new Reprise({ apiKey, baseUrl: server.url });
  const definition = { name: "only", nodes: [{ id: "only", type: "transform", value: 1 }] };
  await push(tenant.system, "only", definition);
  await push(other.system, "only", definition);
  for (const [name, payload] of Object.entries(payloads))
    ids[name] = (await client.workflows.trigger("only", payload)).id;
  await new Reprise({ apiKey: otherKey, baseUrl: server.url }).workflows.trigger("only", {
    ...payloads.first,
    mine: 1,
  });
});
afterAll(async () => {
  cli.remove();
  await server.stop();
  await stopQueue();
});

const list = (filter: Record<string, string>, key = apiKey) =>
  api.call("GET", `/runs?${new URLSearchParams(filter).toString()}`, { key });
const namesOf = (rows: { id: string }[]) => rows.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id));

describe("runs are found by fields of their payload", () => {
  test.each<[Record<string, string>, string[]]>([
    [{ "payload.ticketId": "T-17" }, ["first"]],
    [{ "payload.ticketId": "T-1" }, []],
    [{ "payload.region": "eu" }, ["third", "second", "first"]],
    [{ "payload.customer.id": "7" }, ["third", "second", "first"]],
    [{ "payload.customer.id": "7", "payload.customer.vip": "true" }, ["first"]],
    [{ "payload.customer.id": "7", "payload.region": "eu", "payload.ticketId": "T-18" }, ["second"]],
    [{ "payload.region": "eu", "payload.ticketId": "T-17", status: "failed" }, []],
    [{ "payload.region": "eu", workflow: "only", limit: "1" }, ["third"]],
    [{ "payload.items[1].sku": "B" }, ["first"]],
    [{ "payload.items[0].sku": "B" }, []],
    [{ 'payload.["a.b"].c': "null" }, ["second"]],
    [{ "payload.[0]": "T-17" }, ["fourth"]],
    [{ "payload.[1].region": "us" }, ["fourth"]],
    [{ "payload.mine": "1" }, []],
  ])("%j", async (filter, names) => {
    const { status, body } = await list(filter);
    expect([status, namesOf(body.data)]).toEqual([200, names]);
  });

  test("page by page, by a cursor that belongs to the filter", async () => {
    const first = await list({ "payload.region": "eu", limit: "2" });
    const cursor = first.body.nextCursor as string;
    const next = await list({ "payload.region": "eu", limit: "2", cursor });
    expect([...namesOf(first.body.data), ...namesOf(next.body.data)]).toEqual(["third", "second", "first"]);
    expect(next.body.hasMore).toBe(false);
    const others: Record<string, string>[] = [{ "payload.region": "us" }, { "payload.area": "eu" }, {}];
    for (const filter of others) {
      const { status, problem } = await list({ ...filter, cursor });
      expect([status, problem.errors?.[0]?.path]).toEqual([400, "query.cursor"]);
    }
  });

  test("and never in another workspace", async () => {
    const { body } = await list({ "payload.ticketId": "T-17" }, otherKey);
    expect(body.data).toHaveLength(1);
    expect(namesOf(body.data)).toEqual([undefined]);
  });
});

test.each([
  ["payload.a=1&payload.b=2&payload.c=3&payload.d=4", "query.payload.d"],
  ["payload.=1", "query.payload."],
  ["payload.a..b=1", "query.payload.a..b"],
  ["payload.a=1&payload.a=2", "query.payload.a"],
  ["payload.a=%00", "query.payload.a"],
  [`payload.a=${"x".repeat(257)}`, "query.payload.a"],
  ["payload=1", "query.payload"],
  ["payloadx=1", "query.payloadx"],
  ["stauts=failed", "query.stauts"],
])("GET /runs?%s is 400 and names the field", async (search, path) => {
  const { status, problem } = await api.call("GET", `/runs?${search}`, { key: apiKey });
  expect([status, problem.code, problem.errors?.map((fault) => fault.path)]).toEqual([
    400,
    "validation_failed",
    [path],
  ]);
});

test("a parameter that a list does not know is refused with the nearest that it does", async () => {
  for (const [path, nearest] of Object.entries({
    "/runs?stauts=failed": "status",
    "/runs?workflwo=only": "workflow",
    "/runs?payloadx.a=1": null,
    [`/runs/${ids["first"]}/logs?levle=warn`]: "level",
  })) {
    const { status, problem } = await api.call("GET", path, { key: apiKey });
    expect(status).toBe(400);
    expect(problem.errors?.[0]?.message).toBe(
      nearest === null ? "unknown field" : `unknown field; did you mean ${JSON.stringify(nearest)}?`,
    );
  }
});

test("SDK and command line take the same fields", async () => {
  const found = await client.runs.list({ "payload.ticketId": "T-17", "payload.region": "eu" });
  expect(namesOf(found.data)).toEqual(["first"]);
  const run = (...args: string[]) =>
    cli.run(["runs", ...args], { env: { REPRISE_URL: server.url, REPRISE_API_KEY: apiKey } });
  const listed = await run("list", "--payload", "items[0].sku=A", "--payload-field", "region=eu", "-o", "json");
  expect([listed.code, namesOf(JSON.parse(listed.stdout).data)]).toEqual([0, ["first"]]);
  const faults = await Promise.all([
    run("list", "--payload", "ticketId"),
    run("list", ...["a=1", "b=1", "c=1", "d=1"].flatMap((field) => ["--payload", field])),
  ]);
  expect(faults.map(({ code }) => code)).toEqual([2, 2]);
  expect(faults.map(({ stderr }) => /PATH=VALUE|At most 3/.test(stderr))).toEqual([true, true]);
  const preflight = await run("replay", "--payload-field", "ticketId=T-0", "-y", "-o", "json");
  expect([preflight.code, JSON.parse(preflight.stdout)]).toEqual([0, { batch: null, total: 0 }]);
});

test("a migration reads the payloads of runs that are older; a deleted run leaves nothing behind", async () => {
  const rows = async () => [...(await database().execute(sql`select count(*)::int as n from run_payload_terms`))];
  await database().execute(sql`delete from run_payload_terms`);
  expect((await list({ "payload.ticketId": "T-17" })).body.data).toEqual([]);
  await migrateDatabase(own.url);
  expect(namesOf((await list({ "payload.ticketId": "T-17" })).body.data)).toEqual(["first"]);
  expect(namesOf((await list({ 'payload.["a.b"].c': "null" })).body.data)).toEqual(["second"]);
  expect(await rows()).toEqual([{ n: 6 }]);
  await cancelRun(tenant.system, ids["fifth"] ?? "");
  await deleteRun(tenant.system, ids["fifth"] ?? "");
  expect(await rows()).toEqual([{ n: 5 }]);
});
