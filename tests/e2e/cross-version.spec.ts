import type { Run } from "#/lib/contract/run.ts";
import { apiOf, expect, expectAccessible, test } from "#/tests/support/browser.ts";
import { openReplay, submitOf, submitted } from "#/tests/support/replay-page.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "mapping" });

const alertText = "2 renamed node(s) need mapping before this cross-version replay can run.";

let refund: Run;
test.beforeAll(async () => {
  refund = await apiOf("mapping").ran("support-refund", { version: 1, payload: ticketPayload("lost-coffee") });
  expect(refund.status).toBe("completed");
});

test("a cross-version replay maps its renamed nodes, and the next one finds the mapping", async ({
  page,
  workspace,
  api,
}) => {
  const dialog = await openReplay(page, workspace, refund.id);
  const lookup = Promise.withResolvers<void>();
  await page.route(/\/node-mappings\?/, async (route) => {
    await lookup.promise;
    await route.continue();
  });
  await dialog.getByLabel("Target version").selectOption({ label: "Version 2" });
  await expect(dialog.getByText("Checking saved node mappings...", { exact: true })).toBeVisible();
  await expect(submitOf(page)).toBeDisabled();
  lookup.resolve();
  await expect(dialog.getByRole("alert").filter({ hasText: "need mapping" })).toContainText(alertText);
  await expect(submitOf(page)).toBeDisabled();

  await dialog.getByRole("button", { name: "Resolve mapping" }).click();
  const mapping = page.getByRole("dialog", { name: "Map renamed nodes." });
  const save = mapping.getByRole("button", { name: "Save mapping" });
  await expect(mapping.getByRole("listitem")).toHaveCount(2);
  for (const id of ["lookup_order", "notify"])
    await expect(mapping.getByLabel(`Target for ${id}`).locator("option:checked")).toHaveText("Pick target");
  await expect(mapping.getByLabel("Mapping visibility").locator("option:checked")).toHaveText("Operator (private)");
  await expect(save).toBeDisabled();
  await expectAccessible(page);
  await mapping.getByLabel("Target for lookup_order").selectOption("fetch_order");
  await expect(save).toBeDisabled();
  await mapping.getByLabel("Target for notify").selectOption("notify_customer");
  await mapping.getByLabel("Mapping visibility").selectOption({ label: "Workspace (shared)" });
  await save.click();

  await expect(mapping).toHaveCount(0);
  await expect(dialog.getByText(alertText)).toHaveCount(0);
  await expect(submitOf(page)).toBeEnabled();
  const newRunId = await submitted(page);
  const replayed = await api.reached(newRunId);
  expect(replayed).toMatchObject({ status: "completed", version: 2, replayOf: refund.id, effects: { live: 0 } });
  expect(replayed.effects.dryRunRecorded).toBeGreaterThanOrEqual(1);

  await openReplay(page, workspace, refund.id);
  await dialog.getByLabel("Target version").selectOption({ label: "Version 2" });
  await expect(dialog.getByTestId("applied-mapping")).toContainText(
    /^Shared mapping applied: .* by operator \w+, saved/,
  );
  await expect(dialog.getByText(alertText)).toHaveCount(0);
  await expect(submitOf(page)).toBeEnabled();
});

test("from a step: what is upstream is reused, that step and what follows run again", async ({
  page,
  workspace,
  api,
}) => {
  const dialog = await openReplay(page, workspace, refund.id);
  await dialog.getByRole("button", { name: "Options" }).click();
  await dialog.getByLabel("From step").selectOption("decide");
  await expect(submitOf(page)).toBeEnabled();
  const newRunId = await submitted(page);
  const run = await api.reached(newRunId);
  expect(run).toMatchObject({ status: "completed", fromNodeId: "decide", attempt: 2, version: 1 });
  const { data } = (await api.call("GET", `/runs/${newRunId}/steps`)).body as {
    data: { nodeId: string; reusedFrom: { runId: string } | null }[];
  };
  const reused = Object.fromEntries(data.map((step) => [step.nodeId, step.reusedFrom?.runId ?? null]));
  expect(reused).toEqual({
    classify: refund.id,
    lookup_order: refund.id,
    decide: null,
    draft_reply: null,
    notify: null,
  });
});
