import { afterAll, beforeAll, expect, test } from "vitest";
import { closeDatabase } from "#/db/client.ts";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { getWorkflow, listWorkflows } from "#/lib/workflows/list-workflows.ts";
import { createTestDatabase, type TestDatabase } from "#/tests/support/database.ts";
import { push } from "#/tests/support/engine.ts";
import { createTenant, useDatabase } from "#/tests/support/tenants.ts";

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  useDatabase(testDatabase.url);
});
afterAll(async () => {
  await closeDatabase();
  await testDatabase.drop();
});

test("each workflow tells its newest version that is not deleted, null when it has none left", async () => {
  const { system } = await createTenant();
  const flow = (value: number) => ({ name: "flow", nodes: [{ id: "a", type: "transform", value }] });
  await push(system, "one", flow(1));
  await push(system, "two", flow(1));
  await push(system, "two", flow(2), true);
  const newest = async () =>
    Object.fromEntries((await listWorkflows(system)).map(({ slug, latestVersion }) => [slug, latestVersion]));
  expect(await newest()).toEqual({ one: 1, two: 2 });
  await deleteVersion(system, "two", 2);
  await deleteVersion(system, "one", 1);
  expect(await newest()).toEqual({ one: null, two: 1 });
  expect((await getWorkflow(system, "two")).latestVersion).toBe(1);
});
