import { describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { getPolicy } from "#/lib/policies/get-policy.ts";
import { loadPolicies } from "#/lib/policies/load-policies.ts";
import { putAccountPolicy, putWorkspacePolicy } from "#/lib/policies/put-policy.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;

describe("policies", () => {
  test("without any, everything is allowed but mutations", async () => {
    tenant = await createTenant();
    expect((await getPolicy(tenant.key("runs:read"))).effective).toEqual({
      allowedModels: { value: null, origin: "default" },
      allowedProviders: { value: null, origin: "default" },
      replay: { allowMutations: { value: false, origin: "default", nodesMayOptIn: true } },
    });
  });

  test("PUT replaces, what is absent is unset, and each change raises the revision and leaves one audit row", async () => {
    tenant = await createTenant();
    await putWorkspacePolicy(tenant.system, {
      allowedModels: ["a:b", "a:b", " a:b"],
      replay: { allowMutations: true },
    });
    const first = await loadPolicies(database(), tenant.workspace);
    expect(first.workspace).toEqual({
      allowedModels: ["a:b", " a:b"],
      allowedProviders: null,
      replay: { allowMutations: true },
    });
    const view = await putWorkspacePolicy(tenant.system, { allowedProviders: [] });
    expect(view.workspace).toEqual({ allowedModels: null, allowedProviders: [], replay: { allowMutations: null } });
    expect((await loadPolicies(database(), tenant.workspace)).revision).toBeGreaterThan(first.revision);
    const { data } = await listAuditEvents(tenant.system, {
      filter: { action: "policy.changed" },
      limit: 100,
      after: null,
    });
    expect(data).toHaveLength(2);
    expect(data[0]?.details).toEqual({ before: first.workspace, after: view.workspace });
  });

  test("the account's policy holds in all its workspaces and in no other account", async () => {
    tenant = await createTenant();
    const [sibling, stranger] = await Promise.all([createTenant(tenant.workspace.accountId), createTenant()]);
    await putAccountPolicy(await tenant.as("owner"), { allowedModels: ["a:b"] });
    expect((await getPolicy(sibling.system)).effective.allowedModels).toEqual({ value: ["a:b"], origin: "account" });
    expect((await getPolicy(stranger.system)).effective.allowedModels).toEqual({ value: null, origin: "default" });
  });

  test("viewers and operators read; admins change the workspace's; owners and the scope account the account's", async () => {
    tenant = await createTenant();
    for (const ctx of [await tenant.as("viewer"), await tenant.as("operator"), tenant.key("runs:read")]) {
      await expect(getPolicy(ctx)).resolves.toBeDefined();
      await expect(putWorkspacePolicy(ctx, {})).rejects.toThrow(/admin/);
      await expect(putAccountPolicy(ctx, {})).rejects.toThrow(/owner|account/);
    }
    for (const ctx of [await tenant.as("admin"), tenant.key("admin")]) {
      await expect(putWorkspacePolicy(ctx, {})).resolves.toBeDefined();
      await expect(putAccountPolicy(ctx, {})).rejects.toThrow(/owner|account/);
    }
    await expect(putAccountPolicy(tenant.key("account"), {})).resolves.toBeDefined();
  });

  test("an entry that cannot be stored as sent is refused, naming it", async () => {
    tenant = await createTenant();
    for (const entry of ["a\u0000b", "a\ud800"])
      await expect(async () =>
        putWorkspacePolicy(tenant.system, { allowedModels: ["ok", entry] }),
      ).rejects.toMatchObject({
        code: "validation_failed",
        fields: [{ path: "body.allowedModels[1]" }],
      });
  });
});
