import { beforeEach, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { providerAccess, workspaceModels } from "#/db/schema/models.ts";
import { env } from "#/lib/core/env.ts";
import { sealSecret } from "#/lib/core/secret-box.ts";
import { listModels } from "#/lib/models/list-models.ts";
import { accessFor } from "#/lib/models/provider-access.ts";
import { setModelRetired } from "#/lib/models/retire-model.ts";
import { loadCatalogue, providerKeyContext } from "#/lib/models/store.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
const opus = "anthropic:claude-opus-4-7";
const luna = "openai:gpt-6-luna";
let tenant: Tenant;
beforeEach(async () => {
  tenant = await createTenant();
});

const view = async (of: Tenant, ref: string) => (await listModels(of.system)).find((model) => model.ref === ref);
const audited = async (action: string) =>
  (await listAuditEvents(tenant.system, { filter: { action: action as never }, limit: 100, after: null })).data;

describe("the catalogue with what this workspace may call", () => {
  test("without policies every model that is not retired is allowed, with its price", async () => {
    expect(await view(tenant, opus)).toMatchObject({
      id: "claude-opus-4-7",
      provider: "anthropic",
      allowed: true,
      notAllowedCode: null,
      notAllowedBecause: null,
      price: { input: 5_000_000, output: 25_000_000 },
    });
  });

  test("both levels count, and the refusal says which", async () => {
    await putAccountPolicy(await tenant.as("owner"), { allowedProviders: ["anthropic"] });
    await putWorkspacePolicy(tenant.system, { allowedModels: [luna] });
    expect(await view(tenant, luna)).toMatchObject({
      allowed: false,
      notAllowedCode: "provider_blocked",
      notAllowedBecause: "Its provider is not in the account's allowed providers.",
    });
    expect(await view(tenant, opus)).toMatchObject({
      notAllowedCode: "model_not_available",
      notAllowedBecause: "It is not in the workspace's allowed models.",
    });
  });

  test("a workspace's own model and price are in its catalogue alone", async () => {
    const price = { input: 1, output: 2, cacheRead: null, cacheWrite: null };
    await database().insert(workspaceModels).values({
      workspaceId: tenant.workspace.id,
      ref: "acme:own",
      modelId: "own",
      provider: "acme",
      name: "Own",
      price,
    });
    expect(await view(tenant, "acme:own")).toMatchObject({ allowed: true, price });
    expect(await view(await createTenant(), "acme:own")).toBeUndefined();
  });

  test.each(["runs:read", "workflows:write", "admin"] as const)("a key with %s may read it", async (scope) => {
    expect((await listModels(tenant.key(scope))).length).toBeGreaterThan(20);
  });
  test("a key without a fitting scope may not", async () => {
    await expect(listModels(tenant.key("ingest"))).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("retiring a model", () => {
  test("refuses it in this workspace only, leaves one audit row, and can be taken back", async () => {
    const stranger = await createTenant();
    expect(await setModelRetired(tenant.key("admin"), opus, true)).toMatchObject({
      retired: true,
      allowed: false,
      notAllowedCode: "model_not_available",
    });
    expect((await loadCatalogue(database(), tenant.workspace.id)).find((m) => m.ref === opus)?.retired).toBe(true);
    expect(await view(stranger, opus)).toMatchObject({ retired: false, allowed: true });
    expect(await setModelRetired(await tenant.as("admin"), opus, false)).toMatchObject({
      retired: false,
      allowed: true,
    });
    expect(await audited("model.retired")).toMatchObject([{ target: opus }]);
    expect(await audited("model.restored")).toMatchObject([{ target: opus }]);
  });

  test("twenty at once change it once", async () => {
    await Promise.all(Array.from({ length: 20 }, () => setModelRetired(tenant.system, opus, true)));
    expect(await audited("model.retired")).toHaveLength(1);
    await Promise.all(Array.from({ length: 20 }, () => setModelRetired(tenant.system, opus, false)));
    expect(await audited("model.restored")).toHaveLength(1);
  });

  test("restoring what was never retired changes nothing and is not audited", async () => {
    await setModelRetired(tenant.system, opus, false);
    expect(await audited("model.restored")).toHaveLength(0);
  });

  test("an unknown ref is not found", async () => {
    for (const ref of ["anthropic:none", "claude-opus-4-7", ""])
      await expect(setModelRetired(tenant.system, ref, true)).rejects.toMatchObject({ code: "not_found" });
  });

  test("what its provider retired stays retired", async () => {
    const later = { ...tenant.system, clock: { now: () => new Date("2026-12-01T00:00:00Z") } };
    await expect(setModelRetired(later, "anthropic:claude-sonnet-4-5", false)).rejects.toMatchObject({
      code: "conflict",
    });
  });

  test.each(["viewer", "operator"] as const)("a %s may not", async (role) => {
    await expect(setModelRetired(await tenant.as(role), opus, true)).rejects.toMatchObject({ code: "forbidden" });
    await expect(setModelRetired(tenant.key("runs:read", "workflows:write"), opus, true)).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("provider access", () => {
  const row = (workspaceId: string, sealedFor: string) => ({
    workspaceId,
    provider: "acme",
    kind: "openai-compatible" as const,
    baseUrl: "https://models.example.com/v1",
    sealedKey: sealSecret(env("REPRISE_MASTER_KEYS"), providerKeyContext(sealedFor, "acme"), "ws-key"),
  });

  test("a workspace's own access is opened for it and for no other", async () => {
    await database().insert(providerAccess).values(row(tenant.workspace.id, tenant.workspace.id));
    expect((await accessFor(database(), tenant.workspace.id, "acme")).access).toEqual({
      kind: "openai-compatible",
      provider: "acme",
      apiKey: "ws-key",
      baseUrl: "https://models.example.com/v1",
      origin: "workspace",
    });
    expect((await accessFor(database(), (await createTenant()).workspace.id, "acme")).access).toBeNull();
  });

  test("a sealed key that was moved to another workspace does not open", async () => {
    const other = await createTenant();
    await database().insert(providerAccess).values(row(tenant.workspace.id, other.workspace.id));
    await expect(accessFor(database(), tenant.workspace.id, "acme")).rejects.toThrow(/authenticate/);
  });
});
