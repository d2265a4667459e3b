import type { Page } from "playwright/test";
import { runsPerPage } from "#/components/runs/run-list-query.ts";
import type { Batch } from "#/lib/contract/batch.ts";
import type { Run } from "#/lib/contract/run.ts";
import {
  apiOf,
  baseUrl,
  expect,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectNoSidewaysScroll,
  monitoringPath,
  test,
  toast,
  tracePath,
  workspaceOf,
} from "#/tests/support/browser.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "batches" });

const failedList = (page: Page) => page.goto(`${monitoringPath(workspaceOf("batches"))}?status=failed&mode=original`);
const rowOf = (page: Page, id: string) => page.locator(`[data-run-id="${id}"]`);
const bar = (page: Page) => page.getByRole("region", { name: "Selected runs" });
const boxOf = (page: Page, id: string) => rowOf(page, id).getByRole("checkbox");
const batchesPath = () => `/${workspaceOf("batches").slug}/monitoring/replay-batches`;

/** Failed runs of version 1, newest first, and one that completed. */
let failed: Run[];
let completed: Run;
test.beforeAll(async () => {
  const api = apiOf("batches");
  const ran = (name: string) => api.ran("support-refund", { version: 1, payload: ticketPayload(name) });
  completed = await ran("lost-coffee");
  failed = [await ran("form-late-mugs"), await ran("form-late-chair"), await ran("form-broken-pan")].reverse();
  expect([completed, ...failed].map(({ status }) => status)).toEqual(["completed", "failed", "failed", "failed"]);
  const pairs = { lookup_order: "fetch_order" };
  const mapping = { workflow: "support-refund", from: 1, to: 2, visibility: "shared", pairs };
  expect((await api.call("PUT", "/node-mappings", { body: mapping })).status).toBeLessThan(300);
});

/** The page is alive: its keys work. */
async function toFirstRow(page: Page, id: string): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("j");
    await expect(rowOf(page, id).locator("a[data-row-link]")).toBeFocused({ timeout: 250 });
  }).toPass();
}

test("by keyboard alone: select failed runs, replay them on the next version, see them complete, compare", async ({
  page,
  workspace,
}) => {
  test.slow();
  await failedList(page);
  await toFirstRow(page, failed[0]?.id ?? "");
  await page.keyboard.press("x");
  await expect(bar(page)).toContainText("1 selected");
  await page.keyboard.press("Escape");
  await expect(bar(page)).toHaveCount(0);
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowUp");
  await expect(bar(page)).toContainText("2 selected");
  await page.keyboard.press("Shift+ArrowDown");
  await expect(bar(page)).toContainText("3 selected");
  await expectAccessibleInBothThemes(page);

  await page.keyboard.press("r");
  const dialog = page.getByRole("dialog", { name: "Replay 3 runs" });
  await expect(dialog.getByRole("listitem").filter({ hasText: "3 of 3 can be replayed" })).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Edit the payload" })).toHaveCount(0);
  await dialog.getByLabel("Target version").focus();
  await page.keyboard.type("Version 2");
  await expect(dialog.getByLabel("Target version")).toHaveValue("2");
  await expect(dialog.getByRole("button", { name: "Replay 3 runs" })).toBeEnabled();
  await expectAccessible(page);
  await page.keyboard.press("Control+Enter");
  await expect(toast(page, "Batch submitted")).toContainText("3 runs");
  await expect(page).toHaveURL(new RegExp(`${batchesPath()}/batch_[0-9a-z]+$`));

  // Without a reload: failed → completed.
  for (const { id } of failed) {
    await expect(rowOf(page, id).locator('[data-status="failed"]')).toBeVisible();
    await expect(rowOf(page, id).locator('[data-status="completed"]')).toBeVisible({ timeout: 60_000 });
  }
  await expect(page.getByText("3 of 3 done")).toBeVisible();
  await expect(page.locator("[data-batch-status]")).toHaveAttribute("data-batch-status", "completed");
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("j");
  await page.keyboard.press("c");
  await expect(page).toHaveURL(new RegExp(`/ai/runs/run_[0-9a-z]+/compare/${failed[0]?.id}$`));
  await page.goBack();
  await expect(rowOf(page, failed[0]?.id ?? "").locator('[data-status="completed"]')).toBeVisible();
  await toFirstRow(page, failed[0]?.id ?? "");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${tracePath(workspace, "run_")}[0-9a-z]+$`));
  await page.getByRole("link", { name: /^batch_/ }).click();
  await page.getByRole("link", { name: "See its runs" }).click();
  await expect(page).toHaveURL(/\?batch=batch_/);
  await expect(page.locator("[data-run-id]")).toHaveCount(3);
  await page.getByRole("button", { name: /^Remove the filter batch/ }).click();
  await expect(rowOf(page, completed.id)).toBeVisible();
});

test("by mouse: ranges, compare, pages, all that match, cancel", async ({ page, api }) => {
  test.slow();
  await failedList(page);
  const [first, , third] = failed.map(({ id }) => id) as [string, string, string];
  await boxOf(page, first).click();
  await boxOf(page, third).click({ modifiers: ["Shift"] });
  await expect(bar(page)).toContainText("3 selected");
  const compare = bar(page).getByRole("button", { name: "Compare" });
  await expect(compare).toHaveAccessibleDescription("Select exactly two runs to compare.");
  await expect(bar(page).getByRole("button", { name: "Cancel" })).toHaveAccessibleDescription(
    "The selected runs have ended.",
  );
  await boxOf(page, third).click();
  await compare.click();
  await expect(page).toHaveURL(/\/compare\//);

  const item = { payload: { orderId: "1001" }, delay: "1h", tags: ["many"] };
  const many = runsPerPage + 1;
  const made = await api.call("POST", "/workflows/flaky-carrier/runs/batch", {
    body: { items: Array.from({ length: many }, () => item) },
  });
  expect(made.status).toBe(202);
  await page.goto(`${monitoringPath(workspaceOf("batches"))}?tag=many`);
  await expect(page.locator("[data-run-id]")).toHaveCount(runsPerPage);
  const head = page.getByRole("checkbox", { name: "Select the runs of this page" });
  await head.click();
  await expect(bar(page)).toContainText(`${runsPerPage} selected`);
  await expect(bar(page).getByRole("button", { name: "Replay runs" })).toHaveAccessibleDescription(
    "Cannot replay an in-flight run",
  );
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect(page.locator("[data-run-id]")).toHaveCount(1);
  await expect(bar(page)).toContainText(`${runsPerPage} selected, ${runsPerPage} not on this page`);
  await page.locator("[data-run-id]").getByRole("checkbox").click();
  await expect(bar(page)).toContainText(`${many} selected`);
  await page.getByRole("button", { name: "Previous", exact: true }).click();
  await expect(page.locator("[data-run-id]")).toHaveCount(runsPerPage);
  await bar(page).getByRole("button", { name: "Clear" }).click();
  await head.click();
  await bar(page)
    .getByRole("button", { name: `Select all ${many} matching` })
    .click();
  await expect(bar(page)).toContainText(`${many} selected`);
  await page.keyboard.press("r");
  const dialog = page.getByRole("dialog", { name: `Replay ${many} runs` });
  const refused = dialog.locator('[data-code="run_in_flight"]');
  await expect(refused).toContainText(`${many} runs: Cannot replay an in-flight run`);
  await expect(refused.getByRole("link")).toHaveCount(3);
  await expect(dialog.getByText("None of these runs can be replayed.")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Replay runs" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.keyboard.press("Shift+C");
  const confirm = page.getByRole("alertdialog");
  await expect(confirm).toContainText(`${many} runs`);
  await confirm.getByRole("button", { name: "Cancel runs" }).click();
  await expect(toast(page, "Cancellation requested")).toContainText(`${many} runs`);
  await expect(page.locator('[data-run-id] [data-status="cancelled"]')).toHaveCount(runsPerPage);
});

test.describe("a viewer", () => {
  test.use({ role: "viewer" });
  test("sees the actions disabled, with the reason, and batches without their controls", async ({ page }) => {
    await failedList(page);
    await boxOf(page, failed[0]?.id ?? "").click();
    for (const name of ["Replay runs", "Cancel"])
      await expect(bar(page).getByRole("button", { name })).toHaveAccessibleDescription(
        "This needs the role operator.",
      );
    await page.goto(batchesPath());
    await page.locator("a[data-row-link]").first().click();
    for (const name of ["Pause", "Retry", "Abort"])
      await expect(page.getByRole("button", { name })).toHaveAccessibleDescription("This needs the role operator.");
  });
});

test.describe("an admin", () => {
  test.use({ role: "admin" });
  test("sets the pace of batches", async ({ page, workspace }) => {
    await page.goto(`/${workspace.slug}/policies`);
    const dialog = page.getByRole("dialog", { name: "Batch pace" });
    await expect(async () => {
      await page.getByRole("button", { name: "Change batch pace" }).click();
      await expect(dialog).toBeVisible({ timeout: 1000 });
    }).toPass();
    const save = dialog.getByRole("button", { name: "Save batch pace" });
    await dialog.getByLabel("Replays of batches a minute").fill("20");
    await expect(save).toHaveAccessibleDescription("Enter a number from 1 to 19.");
    await dialog.getByLabel("Replays of batches a minute").fill("4");
    await save.click();
    await expect(toast(page, "Batch pace changed")).toContainText("4 replays a minute");
    await expect(page.getByText("4 replays a minute").first()).toBeVisible();
  });
});

// Seven runs can be replayed, and four in a minute: some of them wait, however long ago the first test was.
test("a batch says what it refused, waits for another cost cap, is paused, resumed, aborted and retried", async ({
  page,
  api,
}) => {
  test.slow();
  const waiting = await api.trigger("flaky-carrier", { payload: { orderId: "1001" }, delay: "1h" });
  const replays = ((await api.call("GET", "/runs?mode=as_is")).body as { data: Run[] }).data;
  const runIds = [waiting, ...[completed, ...failed, ...replays].map(({ id }) => id)];
  expect(runIds.length).toBeGreaterThanOrEqual(8);
  const created = await api.call("POST", "/replay-batches", {
    body: { name: "Nightly check", runIds, maxCostMicros: 0 },
  });
  expect(created.status).toBe(202);
  const { id } = created.body as Batch;
  await page.goto(batchesPath());
  const row = page.locator(`[data-batch-id="${id}"]`);
  await expect(row).toContainText("Nightly check");
  await expect(row).toContainText("cost cap reached");
  await expectAccessible(page);
  await row.getByRole("link").click();
  await expect(page).toHaveURL(`${baseUrl()}${batchesPath()}/${id}`);
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await button("Resume").click();
  const resume = page.getByRole("dialog", { name: "Resume the batch" });
  await resume.getByLabel("New cost cap in dollars").fill("5");
  await resume.getByRole("button", { name: "Resume batch" }).click();
  await expect(toast(page, "Batch resumed")).toBeVisible();
  await expect(rowOf(page, waiting)).toContainText("Cannot replay an in-flight run", { timeout: 70_000 });
  await expect(rowOf(page, waiting)).toContainText("run_in_flight");

  await button("Pause").click();
  await expect(page.locator("[data-batch-status]")).toHaveAttribute("data-batch-status", "paused");
  await expect(page.getByText("by a user")).toBeVisible();
  await button("Resume").click();
  await expect(page.locator("[data-batch-status]")).toHaveAttribute("data-batch-status", "running");
  await button("Abort").click();
  const abort = page.getByRole("dialog", { name: "Abort this batch?" });
  await abort.getByRole("checkbox", { name: /^Also cancel its replays/ }).click();
  await abort.getByRole("button", { name: "Abort batch" }).click();
  await expect(page.locator("[data-batch-status]")).toHaveAttribute("data-batch-status", "aborted");
  await page.getByRole("link", { name: /^Refused/ }).click();
  await expect(page).toHaveURL(/\?status=refused$/);
  await expect(page.locator("[data-run-id]")).toHaveCount(1);
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(page);
  await button("Retry").click();
  await expect(toast(page, "queued again")).toBeVisible();
  await expect(page.locator("[data-batch-status]")).toHaveAttribute("data-batch-status", "running");
  expect((await api.call("POST", `/replay-batches/${id}/abort`)).status).toBe(200);

  const gone = await page.request.get(`${baseUrl()}${batchesPath()}/batch_00000000000000000000000000`);
  expect(gone.status()).toBe(404);
});
