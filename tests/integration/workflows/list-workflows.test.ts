import { expect, test } from "vitest";
import { deleteVersion } from "#/lib/workflows/delete-version.ts";
import { getWorkflow, listWorkflows } from "#/lib/workflows/list-workflows.ts";
import { push } from "#/tests/support/engine.ts";
import { ownDatabase } from "#/tests/support/own-database.ts";
import { createTenant } from "#/tests/support/tenants.ts";

ownDatabase();

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
