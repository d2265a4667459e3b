import { randomBytes } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { accessFor } from "#/lib/models/provider-access.ts";
import { putProvider } from "#/lib/models/providers.ts";
import { withIdempotency } from "#/lib/tenancy/idempotency.ts";
import { loadEnvironments, putVariables } from "#/lib/tenancy/variables.ts";
import { createMcpServer } from "#/lib/tools/mcp-servers.ts";
import { openHeaders, selectServers } from "#/lib/tools/store.ts";
import { resealSecrets } from "#/lib/worker/reseal-secrets.ts";
import { type McpTestServer, startMcpServer } from "#/tests/support/mcp-server.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let bank: McpTestServer;
const [first, second, third] = ["k1", "k2", "k3"].map((id) => `${id}:${randomBytes(32).toString("base64")}`);
beforeAll(async () => {
  bank = await startMcpServer();
  process.env["REPRISE_EGRESS_ALLOW"] = bank.host;
});
afterAll(async () => {
  await bank?.close();
});

const withKeys = (...keys: (string | undefined)[]) => {
  process.env["REPRISE_MASTER_KEYS"] = keys.join(",");
};

/** Every sealed value of the database, as it is stored. */
async function sealedValues(): Promise<string[]> {
  const rows = await database().execute<{ sealed: string }>(sql`
    select value as sealed from environment_variables where secret
    union all select sealed_key from provider_access
    union all select sealed_headers from mcp_servers where sealed_headers is not null
    union all select response_body->>'sealed' from idempotency_keys where response_body->>'sealed' is not null`);
  return rows.map((row) => row.sealed);
}

const request = { key: "a", route: "POST /api/v1/api-keys", requestHash: "h", sealed: true };
const secretResult = { status: 201, headers: {}, body: { secret: "rp_live_x" } };

async function fill(tenant: Tenant, many: number): Promise<void> {
  const { system } = tenant;
  const variables = Object.fromEntries(
    Array.from({ length: many }, (_, n) => [`V${n}`, { value: `secret ${n} ü`, secret: true }]),
  );
  await putVariables(system, "production", { variables: { ...variables, PLAIN: "k1:looks sealed" } });
  await putProvider(system, "acme", { apiKey: "sk-1234567890", baseUrl: "https://x.example/v1" });
  await createMcpServer(system, { name: "bank", url: bank.url, headers: { "x-key": "header-secret" } });
  await withIdempotency(system, request, async () => secretResult);
}

async function opensAll({ system, workspace }: Tenant, many: number): Promise<void> {
  const [loaded] = await loadEnvironments(database(), [{ workspaceId: workspace.id, environment: "production" }]);
  const { values } = loaded!;
  expect(values["PLAIN"]).toBe("k1:looks sealed");
  for (const n of [0, many - 1]) expect(values[`V${n}`]).toBe(`secret ${n} ü`);
  expect((await accessFor(database(), workspace.id, "acme")).access?.apiKey).toBe("sk-1234567890");
  const [server] = await selectServers(database(), workspace.id);
  expect(server && openHeaders(server)).toEqual({ "x-key": "header-secret" });
  const replayed = await withIdempotency(system, request, async () => secretResult);
  expect(replayed).toMatchObject({ replayed: true, body: secretResult.body });
}

test("a new first key takes every secret over, in batches, while the old one still opens what is left", async () => {
  withKeys(first);
  const tenants = [await createTenant(), await createTenant()];
  for (const tenant of tenants) await fill(tenant, 230);
  expect((await sealedValues()).every((value) => value.startsWith("k1:"))).toBe(true);
  withKeys(second, first);
  for (const tenant of tenants) await opensAll(tenant, 230);
  expect(await resealSecrets()).toEqual({ resealed: 2 * 233, unreadable: 0 });
  expect((await sealedValues()).every((value) => value.startsWith("k2:"))).toBe(true);
  expect(await resealSecrets()).toEqual({ resealed: 0, unreadable: 0 });
  withKeys(second);
  for (const tenant of tenants) await opensAll(tenant, 230);
});

test("two at once do no harm, and a value that no key opens is counted and left", async () => {
  withKeys(second);
  const tenant = await createTenant();
  await fill(tenant, 20);
  const lost = await createTenant();
  withKeys(third);
  await putVariables(lost.system, "production", { variables: { A: { value: "x", secret: true } } });
  withKeys(first, second);
  const both = await Promise.all([resealSecrets(), resealSecrets()]);
  expect(both.map(({ unreadable }) => unreadable)).toEqual([1, 1]);
  await opensAll(tenant, 20);
  const left = (await sealedValues()).filter((value) => !value.startsWith("k1:"));
  expect(left).toHaveLength(1);
  expect(left[0]).toMatch(/^k3:/);
});
