import { beforeAll, describe, expect, test } from "vitest";
import { openApiDocument } from "#/lib/api/openapi.ts";
import type { Scope } from "#/lib/contract/access.ts";
import type { MutationGrantInput } from "#/lib/contract/mutation-grant.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { restApi, sessionCookie, testHost } from "#/tests/support/rest.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let api: ReturnType<typeof restApi>;
let admin: Ctx;
let owner: Ctx;
let adminKey: string;
let ownerKey: string;
beforeAll(async () => {
  [tenant, api] = [await createTenant(), restApi()];
  [admin, owner] = [await tenant.as("admin"), await tenant.as("owner")];
  [adminKey, ownerKey] = [await keyOf(admin), await keyOf(owner)];
  const http = { method: "POST", url: "http://shop.test/pay" };
  await push(tenant.system, "flow", { name: "flow", nodes: [{ id: "pay", type: "tool", http }] });
});

const keyOf = async (ctx: Ctx, scopes: Scope[] = ["admin"]) =>
  (await createApiKey(ctx, { name: "of a person", scopes })).secret;
const wanted: MutationGrantInput = { workflow: "flow", nodeIds: ["pay"], reason: "a test", durationMs: 60_000 };
const post = (path: string, key: string, body?: object) => api.call("POST", path, { key, ...(body ? { body } : {}) });
const create = (key: string, change: object = {}) => post("/mutation-grants", key, { ...wanted, ...change });

describe("/mutation-grants", () => {
  test("a grant is made, listed, and ended; ending it twice changes nothing", async () => {
    const { status, body } = await create(adminKey);
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^grant_[0-9a-z]{26}$/),
      workflow: { id: expect.stringMatching(/^wf_/), slug: "flow" },
      nodeIds: ["pay"],
      reason: "a test",
      state: "active",
      needsApproval: false,
      createdAt: expect.stringMatching(/Z$/),
      until: expect.stringMatching(/\.\d{3}Z$/),
      grantedBy: { id: expect.stringMatching(/^usr_/), name: "admin" },
      approvedBy: null,
      approvedAt: null,
      revokedBy: null,
      revokedAt: null,
    });
    const reader = await keyOf(admin, ["runs:read"]);
    expect((await api.call("GET", "/mutation-grants", { key: reader })).body.data[0]).toEqual(body);
    const revoked = await post(`/mutation-grants/${body.id}/revoke`, ownerKey);
    expect(revoked).toMatchObject({ status: 200, body: { state: "revoked", revokedBy: { name: "owner" } } });
    expect((await post(`/mutation-grants/${body.id}/revoke`, adminKey)).body).toEqual(revoked.body);
  });

  test("the second person approves; who asked may not, with whatever credentials", async () => {
    const { body } = await create(adminKey, { needsApproval: true });
    expect(body.state).toBe("requested");
    const path = `/mutation-grants/${body.id}/approve`;
    expect(await post(path, await keyOf(admin))).toMatchObject({ status: 403, problem: { code: "forbidden" } });
    const cookie = await sessionCookie({ userId: admin.actor.kind === "user" ? admin.actor.userId : "" });
    const origin = `http://${testHost}`;
    const own = await api.call("POST", `${path}?workspace=${tenant.workspace.slug}`, { cookie, origin });
    expect(own).toMatchObject({ status: 403, problem: { code: "forbidden" } });
    expect(await post(path, ownerKey)).toMatchObject({ status: 200, body: { state: "active" } });
    const needless = (await create(adminKey)).body.id;
    expect(await post(`/mutation-grants/${needless}/approve`, ownerKey)).toMatchObject({
      status: 409,
      problem: { code: "conflict" },
    });
  });

  test.each<[string, object, string]>([
    ["neither end nor duration", { durationMs: undefined }, "body.until"],
    ["both", { until: "2030-01-01T00:00:00Z" }, "body.until"],
    ["too long a duration", { durationMs: 86_400_001 }, "body.durationMs"],
    ["too late an end", { durationMs: undefined, until: "2100-01-01T00:00:00Z" }, "body.until"],
    ["no reason", { reason: "  " }, "body.reason"],
    ["a reason that cannot be stored", { reason: "a\u0000b" }, "body.reason"],
    ["no node", { nodeIds: [] }, "body.nodeIds"],
    ["a node that is none", { nodeIds: ["nowhere"] }, "body.nodeIds[0]"],
  ])("%s is refused, naming the field", async (_what, change, path) => {
    const { problem } = await create(adminKey, change);
    expect([problem.code, problem.errors?.[0]?.path]).toEqual(["validation_failed", path]);
  });

  test("a workflow or a grant of another workspace looks like one that does not exist", async () => {
    const other = await createTenant();
    const theirs = await keyOf(await other.as("owner"));
    const { body } = await create(adminKey, { needsApproval: true });
    for (const path of [`/mutation-grants/${body.id}/approve`, `/mutation-grants/${body.id}/revoke`])
      expect(await post(path, theirs)).toMatchObject({ status: 404, problem: { code: "not_found" } });
    expect(await create(theirs)).toMatchObject({ status: 404 });
    expect((await api.call("GET", "/mutation-grants", { key: theirs })).body.data).toEqual([]);
  });

  test("all pages of the list hold each grant once", async () => {
    for (let count = 0; count < 3; count += 1) await create(adminKey);
    const all = (await api.call("GET", "/mutation-grants?limit=100", { key: adminKey })).body.data;
    const seen: string[] = [];
    for (let cursor = ""; ;) {
      const { body } = await api.call("GET", `/mutation-grants?limit=2${cursor}`, { key: adminKey });
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      if (!body.hasMore) break;
      cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
    }
    expect(seen).toEqual(all.map(({ id }: { id: string }) => id));
  });

  test("every operation is described", () => {
    const paths = Object.keys(openApiDocument().paths ?? {}).filter((path) => path.includes("mutation-grants"));
    expect(paths.map((path) => path.replace("/api/v1", "")).sort()).toEqual([
      "/mutation-grants",
      "/mutation-grants/{id}/approve",
      "/mutation-grants/{id}/revoke",
    ]);
  });
});
