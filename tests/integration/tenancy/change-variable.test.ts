import { beforeAll, describe, expect, test } from "vitest";
import { database } from "#/db/client.ts";
import { actorNames } from "#/lib/tenancy/actor-names.ts";
import { removeVariable, setVariable } from "#/lib/tenancy/change-variable.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import { memberOf } from "#/lib/tenancy/ctx.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { listEnvironments } from "#/lib/tenancy/list-environments.ts";
import { listVariables, loadEnvironments, putVariables } from "#/lib/tenancy/variables.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  [tenant, other] = await Promise.all([createTenant(), createTenant()]);
});

describe("changing one variable", () => {
  test("keeps the others, sealed secrets too, and audits names only", async () => {
    await putVariables(tenant.system, "production", {
      variables: { TOKEN: { value: "kept-secret", secret: true }, A: "1" },
    });
    await setVariable(tenant.system, "production", "A", { value: "2", secret: false });
    await setVariable(tenant.system, "production", "OTHER", { value: "second-secret", secret: true });
    const [loaded] = await loadEnvironments(database(), [
      { workspaceId: tenant.workspace.id, environment: "production" },
    ]);
    const { values } = loaded!;
    expect(values).toEqual({ A: "2", TOKEN: "kept-secret", OTHER: "second-secret" });
    const view = await removeVariable(tenant.system, "production", "A");
    expect(view.variables).toEqual([
      { name: "OTHER", secret: true, value: null },
      { name: "TOKEN", secret: true, value: null },
    ]);
    expect(await listVariables(tenant.system, "production")).toEqual(view);
    const events = await listAuditEvents(tenant.system, {
      filter: { action: "variables.changed" },
      limit: 100,
      after: null,
    });
    expect(events.data.map((event) => event.details)).toEqual([
      { removed: "A" },
      { set: "OTHER" },
      { set: "A" },
      { names: ["A", "TOKEN"] },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/secret"?:|kept-secret|second-secret/);
  });

  test("at the same time loses none", async () => {
    const names = Array.from({ length: 10 }, (_, index) => `V${index}`);
    await Promise.all(names.map((name) => setVariable(tenant.system, "busy", name, { value: name, secret: false })));
    const { variables } = await listVariables(tenant.system, "busy");
    expect(variables.map((variable) => variable.name)).toEqual(names);
  });

  test("is refused to an operator, without a value that can be stored, and where there is nothing to remove", async () => {
    const operator = await tenant.as("operator");
    const given = { value: "x", secret: false };
    await expect(setVariable(operator, "production", "A", given)).rejects.toMatchObject({ code: "forbidden" });
    await expect(removeVariable(operator, "production", "TOKEN")).rejects.toMatchObject({ code: "forbidden" });
    await expect(listEnvironments(operator)).rejects.toMatchObject({ code: "forbidden" });
    await expect(
      setVariable(tenant.system, "production", "A", { value: "a\u0000", secret: false }),
    ).rejects.toMatchObject({ code: "validation_failed" });
    await expect(removeVariable(tenant.system, "production", "NONE")).rejects.toMatchObject({ code: "not_found" });
  });

  test("environments are those that have a variable, and the default one; another workspace's are not among them", async () => {
    await setVariable(other.system, "theirs", "A", { value: "1", secret: false });
    expect(await listEnvironments(tenant.system)).toEqual(["production", "busy"]);
    expect(await listEnvironments(other.system)).toEqual(["production", "theirs"]);
    await expect(removeVariable(tenant.system, "theirs", "A")).rejects.toMatchObject({ code: "not_found" });
  });
});

test("names of actors: members and keys of this workspace only, to everybody who may look at it", async () => {
  const [viewer, admin, stranger] = await Promise.all([tenant.as("viewer"), tenant.as("admin"), other.as("admin")]);
  const { id: key } = await createApiKey(admin, { name: "CI", scopes: ["runs:read"] });
  const { id: foreignKey } = await createApiKey(stranger, { name: "theirs", scopes: ["runs:read"] });
  const [adminId, strangerId] = [memberOf(admin.actor) ?? "", memberOf(stranger.actor) ?? ""];
  expect(await actorNames(viewer, [adminId, strangerId, key, foreignKey, null, "", "run_1"])).toEqual({
    [adminId]: "admin",
    [key]: "CI (API key)",
  });
  expect(await actorNames(viewer, [])).toEqual({});
  await expect(actorNames(tenant.key("ingest"), [adminId])).rejects.toMatchObject({ code: "forbidden" });
});
