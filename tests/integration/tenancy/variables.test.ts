import { beforeAll, describe, expect, test } from "vitest";
import { sql } from "drizzle-orm";
import { database } from "#/db/client.ts";
import { listAuditEvents } from "#/lib/tenancy/list-audit-events.ts";
import { setVariable } from "#/lib/tenancy/change-variable.ts";
import { listVariables, loadEnvironments, putVariables } from "#/lib/tenancy/variables.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";

ownDatabase();
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  [tenant, other] = await Promise.all([createTenant(), createTenant()]);
});
const load = async (of: Tenant, environment: string) =>
  (await loadEnvironments(database(), [{ workspaceId: of.workspace.id, environment }]))[0]!;

describe("environment variables", () => {
  test("all values of an environment together have a limit, which each run would pay for", async () => {
    const long = { value: "s".repeat(65_000), secret: true };
    const variables = { A: long, B: long, C: long, D: long };
    await putVariables(other.system, "long", { variables });
    for (const change of [
      putVariables(other.system, "long", { variables: { ...variables, E: "e".repeat(3000) } }),
      setVariable(other.system, "long", "E", { value: "e".repeat(3000), secret: false }),
    ])
      await expect(change).rejects.toMatchObject({ code: "validation_failed" });
    await setVariable(other.system, "long", "D", { value: "short", secret: true });
    expect((await load(other, "long")).secrets).toHaveLength(4);
  });

  test("a secret is sealed, never given out or audited, and only the engine gets its value", async () => {
    const view = await putVariables(tenant.system, "production", {
      variables: {
        ORDERS_URL: "http://orders",
        TOKEN: { value: "s3cr3t-value", secret: true },
        FLAG: { value: "1", secret: false },
      },
    });
    expect(view.variables).toEqual([
      { name: "FLAG", secret: false, value: "1" },
      { name: "ORDERS_URL", secret: false, value: "http://orders" },
      { name: "TOKEN", secret: true, value: null },
    ]);
    expect(await listVariables(tenant.system, "production")).toEqual(view);
    expect(await load(tenant, "production")).toEqual({
      values: { FLAG: "1", ORDERS_URL: "http://orders", TOKEN: "s3cr3t-value" },
      secrets: ["s3cr3t-value"],
    });
    const rows = await database().execute(sql`select v::text as row from environment_variables v`);
    const { data } = await listAuditEvents(tenant.system, {
      filter: { action: "variables.changed" },
      limit: 100,
      after: null,
    });
    expect(JSON.stringify([rows, data])).not.toContain("s3cr3t-value");
    expect(data[0]?.details).toEqual({ names: ["FLAG", "ORDERS_URL", "TOKEN"] });
  });

  test("a sealed value moved to another name or environment does not open", async () => {
    await putVariables(tenant.system, "moved", { variables: { A: { value: "x", secret: true } } });
    await database().execute(
      sql`update environment_variables set name = 'B' where workspace_id = ${tenant.workspace.id} and environment = 'moved'`,
    );
    await expect(load(tenant, "moved")).rejects.toThrow(/authenticate/);
  });

  test("PUT replaces: an absent variable is gone; environments and workspaces are apart", async () => {
    await putVariables(tenant.system, "staging", { variables: { A: "1", B: "2" } });
    await putVariables(tenant.system, "staging", { variables: { B: "3" } });
    expect((await load(tenant, "staging")).values).toEqual({ B: "3" });
    expect((await load(tenant, "other")).values).toEqual({});
    expect((await load(other, "staging")).values).toEqual({});
  });

  test("simultaneous replacements leave one of them, whole", async () => {
    const puts = Array.from({ length: 10 }, (_, n) =>
      putVariables(tenant.system, "race", { variables: { A: `${n}`, B: `${n}` } }),
    );
    await Promise.all(puts);
    const { values } = await load(tenant, "race");
    expect(values["A"]).toBe(values["B"]);
  });

  test("a variable named __proto__ is a variable", async () => {
    await putVariables(tenant.system, "odd", { variables: JSON.parse('{"__proto__":"x"}') as Record<string, string> });
    const { values } = await load(tenant, "odd");
    expect(Object.keys(values)).toEqual(["__proto__"]);
  });

  test("an operator and a read-only key see and change nothing", async () => {
    for (const ctx of [await tenant.as("operator"), tenant.key("runs:read", "runs:write")]) {
      await expect(listVariables(ctx, "production")).rejects.toMatchObject({ code: "forbidden" });
      await expect(putVariables(ctx, "production", { variables: {} })).rejects.toThrow(/admin/);
    }
  });
});
