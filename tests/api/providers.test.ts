import { sql } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { accessFor } from "#/lib/models/provider-access.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let api: ReturnType<typeof restApi>;
beforeAll(async () => {
  delete process.env["ANTHROPIC_API_KEY"];
  delete process.env["OPENAI_API_KEY"];
  api = restApi();
});

const secret = "sk-provider-sentinel-123456";
async function admin(): Promise<Tenant & { key: string } & { secretKey: string }> {
  const tenant = await createTenant();
  const { secret: secretKey } = await createApiKey(tenant.system, { name: "admin", scopes: ["admin"] });
  return { ...tenant, secretKey } as never;
}
const audited = async (workspaceId: string) =>
  (
    await database().execute<{ action: string; target: string; details: string }>(
      sql`select action, target, details::text as details from audit_events where workspace_id = ${workspaceId} and action = 'provider_key.changed' order by created_at, id`,
    )
  ).map((row) => row);

describe("a provider's key", () => {
  test("is sealed, used for this workspace only, and never given out", async () => {
    const { secretKey: key, workspace } = await admin();
    const put = await api.call("PUT", "/providers/anthropic", { key, body: { apiKey: secret } });
    expect(put).toMatchObject({
      status: 200,
      body: {
        provider: "anthropic",
        kind: "anthropic",
        baseUrl: "https://api.anthropic.com",
        hasKey: true,
        origin: "workspace",
      },
    });
    const read = [await api.call("GET", "/providers/anthropic", { key }), await api.call("GET", "/providers", { key })];
    expect(JSON.stringify([put.text, ...read.map(({ text }) => text)])).not.toContain("sentinel");
    expect(read[1]?.body.data).toHaveLength(1);
    const stored = await database().execute<{ text: string }>(
      sql`select row_to_json(p)::text as text from provider_access p where workspace_id = ${workspace.id}`,
    );
    expect(stored[0]?.text).not.toContain("sentinel");
    expect((await accessFor(database(), workspace.id, "anthropic")).access).toMatchObject({
      apiKey: secret,
      origin: "workspace",
    });
    const other = await createTenant();
    expect((await accessFor(database(), other.workspace.id, "anthropic")).access).toBeNull();
    const rows = await audited(workspace.id);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.details).not.toContain("sentinel");
  });

  test("is needed again whenever the address changes, and for a new provider", async () => {
    const { secretKey: key, workspace } = await admin();
    const put = (body: object, provider = "acme") => api.call("PUT", `/providers/${provider}`, { key, body });
    const at = (baseUrl: string) => ({ baseUrl });
    expect((await put(at("https://llm.acme.example/v1"))).problem).toMatchObject({
      status: 400,
      errors: [{ path: "body.apiKey" }],
    });
    expect((await put({ apiKey: secret })).problem).toMatchObject({ status: 400, errors: [{ path: "body.baseUrl" }] });
    expect((await put({ apiKey: secret, ...at("https://llm.acme.example/v1") })).body).toMatchObject({
      kind: "openai-compatible",
    });
    expect((await put(at("https://llm.acme.example/v1/"))).status).toBe(200);
    for (const elsewhere of ["https://evil.example/v1", "https://llm.acme.example/v2", "http://llm.acme.example/v1"])
      expect((await put(at(elsewhere))).problem).toMatchObject({
        status: 400,
        code: "validation_failed",
        errors: [{ path: "body.apiKey" }],
      });
    expect((await accessFor(database(), workspace.id, "acme")).access).toMatchObject({
      baseUrl: "https://llm.acme.example/v1",
      apiKey: secret,
    });
    expect((await put({ apiKey: "sk-another-123456789", ...at("https://evil.example/v1") })).status).toBe(200);
    expect(await audited(workspace.id)).toHaveLength(2);
  });

  test("is removed for good; the installation's counts again", async () => {
    const { secretKey: key, workspace } = await admin();
    await api.call("PUT", "/providers/openai", { key, body: { apiKey: secret } });
    expect((await api.call("DELETE", "/providers/openai", { key })).status).toBe(204);
    expect((await api.call("DELETE", "/providers/openai", { key })).status).toBe(404);
    expect((await api.call("GET", "/providers/openai", { key })).status).toBe(404);
    expect((await accessFor(database(), workspace.id, "openai")).access).toBeNull();
    expect(await audited(workspace.id)).toHaveLength(2);
  });

  test.each([
    ["an address that is none", { apiKey: "k", baseUrl: "nowhere" }, "body.baseUrl"],
    ["an address with credentials inside", { apiKey: "k", baseUrl: "https://a:b@x.example" }, "body.baseUrl"],
    ["another protocol", { apiKey: "k", baseUrl: "file:///etc/passwd" }, "body.baseUrl"],
    ["a key with a line break", { apiKey: "a\nb", baseUrl: "https://x.example" }, "body.apiKey"],
    ["an unknown field", { apiKey: "k", url: "https://x.example" }, "body.url"],
  ])("%s is refused with its field", async (_what, body, path) => {
    const { secretKey: key } = await admin();
    expect((await api.call("PUT", "/providers/acme", { key, body })).problem).toMatchObject({
      status: 400,
      errors: [{ path }],
    });
  });

  test.each(["ACME", "a:b", "-a", "a b"])("the name %s is no provider's", async (name) => {
    const { secretKey: key } = await admin();
    const sent = { key, body: { apiKey: "k", baseUrl: "https://x.example" } };
    expect((await api.call("PUT", `/providers/${encodeURIComponent(name)}`, sent)).status).toBe(400);
  });
});

describe("a model of the workspace's own", () => {
  test("joins its catalogue with its price, and no one else's", async () => {
    const { secretKey: key } = await admin();
    const price = { input: 100, output: 200, cacheRead: null, cacheWrite: null };
    for (const input of [-1, 0.5, 10_000_000_000_001])
      expect(
        await api.call("POST", "/models", { key, body: { id: "x", provider: "acme", price: { ...price, input } } }),
      ).toMatchObject({ status: 400, body: { errors: [{ path: "body.price.input" }] } });
    const made = await api.call("POST", "/models", { key, body: { id: "llama:70b", provider: "acme", price } });
    expect(made).toMatchObject({
      status: 201,
      body: { ref: "acme:llama:70b", name: "llama:70b", price, allowed: true },
    });
    expect(
      (await api.call("POST", "/models", { key, body: { id: "llama:70b", provider: "acme" } })).problem,
    ).toMatchObject({ status: 409, code: "conflict" });
    const taken = { id: "claude-haiku-4-5", provider: "anthropic" };
    expect((await api.call("POST", "/models", { key, body: taken })).status).toBe(409);
    const other = await admin();
    const { body } = await api.call("GET", "/models?limit=100", { key: other.secretKey });
    expect(body.data.map((model: { ref: string }) => model.ref)).not.toContain("acme:llama:70b");
  });

  test("needs an id without spaces and a provider's name", async () => {
    const { secretKey: key } = await admin();
    for (const body of [
      { id: "a b", provider: "acme" },
      { id: ":a", provider: "acme" },
      { id: "a", provider: "A" },
      { id: "a" },
    ])
      expect((await api.call("POST", "/models", { key, body })).status).toBe(400);
  });
});
