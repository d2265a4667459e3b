import type { Page } from "playwright/test";
import { encodeCursor, runsPerPage } from "#/components/runs/run-list-query.ts";
import type { Run } from "#/lib/contract/run.ts";
import { apiOf, baseUrl, expect, monitoringPath, openTrace, test, tracePath } from "#/tests/support/browser.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "runs" });

let refund: Run;
let failed: Run;
let tracking: Run;
test.beforeAll(async () => {
  const api = apiOf("runs");
  [refund, failed, tracking] = await Promise.all([
    api.ran("support-refund", { version: 1, payload: ticketPayload("damaged-lamp"), tags: ["vip"] }),
    api.ran("support-refund", { version: 1, payload: ticketPayload("unknown-order") }),
    api.ran("flaky-carrier", { payload: { orderId: "1001" } }),
  ]);
  expect([refund.status, failed.status, tracking.status]).toEqual(["completed", "failed", "completed"]);
});

const rowOf = (page: Page, id: string) => page.locator(`[data-run-id="${id}"]`);

test.describe("the runs list", () => {
  test("opens the trace viewer from a row, which the sidebar does not offer", async ({ page, workspace }) => {
    await page.goto(`/${workspace.slug}`);
    await expect(page).toHaveURL(`${baseUrl()}${monitoringPath(workspace)}`);
    const sidebar = page.getByRole("navigation", { name: "Workspace" });
    await expect(sidebar.getByRole("link", { name: "Runs" })).toHaveAttribute("aria-current", "page");
    await expect(sidebar.getByRole("link", { name: /trace/i })).toHaveCount(0);
    for (const link of await sidebar.getByRole("link").all())
      expect(await link.getAttribute("href")).not.toContain("/ai/");
    await rowOf(page, refund.id).getByRole("cell").nth(1).click();
    await expect(page).toHaveURL(`${baseUrl()}${tracePath(workspace, refund.id)}`);
    await expect(page.getByRole("treegrid", { name: "Spans of this run" })).toBeVisible();
  });

  test("shows what each run is", async ({ page, workspace }) => {
    await page.goto(monitoringPath(workspace));
    await expect(rowOf(page, failed.id)).toContainText("Failed");
    await expect(rowOf(page, refund.id)).toContainText("Completed");
    await expect(rowOf(page, refund.id)).toContainText("support-refund");
    await expect(rowOf(page, refund.id)).toContainText("v1");
    await expect(rowOf(page, tracking.id)).toContainText("flaky-carrier");
  });

  test("keeps its filters in the address, through reload and back", async ({ page, workspace }) => {
    await page.goto(monitoringPath(workspace));
    await page.getByRole("button", { name: "Status" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Failed" }).click();
    await expect(page).toHaveURL(/[?&]status=failed/);
    await page.keyboard.press("Escape");
    await expect(rowOf(page, refund.id)).toHaveCount(0);
    await expect(rowOf(page, failed.id)).toBeVisible();
    await page.reload();
    await expect(rowOf(page, failed.id)).toBeVisible();
    await expect(rowOf(page, refund.id)).toHaveCount(0);
    await page.goBack();
    await expect(rowOf(page, refund.id)).toBeVisible();
    await page.goto(`${monitoringPath(workspace)}?workflow=flaky-carrier`);
    await expect(rowOf(page, tracking.id)).toBeVisible();
    await expect(rowOf(page, refund.id)).toHaveCount(0);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect(page).toHaveURL(`${baseUrl()}${monitoringPath(workspace)}`);
    await expect(rowOf(page, refund.id)).toBeVisible();
  });

  test("finds by tag and by free text; nothing found says so", async ({ page, workspace }) => {
    await page.goto(`${monitoringPath(workspace)}?tag=vip`);
    await expect(rowOf(page, refund.id)).toBeVisible();
    await expect(page.locator("[data-run-id]")).toHaveCount(1);
    await page.goto(`${monitoringPath(workspace)}?tag=vip&payload.ticketId=a-long-value-that-fills-the-filter`);
    const filter = page.getByRole("button", { name: /^Tag, version, payload/ });
    await expect(filter).toContainText("tag vip, ticketId=a-long-value");
    // Its text stays on one line, inside of it.
    expect(await filter.evaluate((face) => face.scrollHeight - face.clientHeight)).toBe(0);
    await page.goto(monitoringPath(workspace));
    const search = page.getByRole("searchbox", { name: "Search runs" });
    // The key works as soon as the page is alive.
    await expect(async () => {
      await page.keyboard.press("/");
      await expect(search).toBeFocused({ timeout: 250 });
    }).toPass();
    await expect(search).toHaveValue("");
    await search.pressSequentially(tracking.id);
    await expect(page).toHaveURL(new RegExp(`q=${tracking.id}`));
    await expect(page.locator("[data-run-id]")).toHaveCount(1);
    await search.fill("no run is called like this");
    await expect(page.locator("[data-run-id]")).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Clear filters" }).first()).toBeVisible();
  });

  test("the search follows the address back, also while it has the focus, and keeps what is being typed", async ({
    page,
    workspace,
  }) => {
    await page.goto(monitoringPath(workspace));
    const search = page.getByRole("searchbox", { name: "Search runs" });
    await page.getByRole("button", { name: "Status" }).click();
    await page.getByRole("menuitemcheckbox", { name: "Failed" }).click();
    await expect(page).toHaveURL(/status=failed/);
    await page.keyboard.press("Escape");
    // A menu that closes gives the focus back to its button; only then is the search next.
    await expect(page.getByRole("button", { name: /^Status/ })).toBeFocused();
    await search.pressSequentially("unknown ", { delay: 50 });
    await expect(page).toHaveURL(/q=unknown/);
    await expect(search).toHaveValue("unknown ");
    await search.pressSequentially("order", { delay: 50 });
    await expect(page).toHaveURL(/q=unknown\+order/);
    await expect(search).toHaveValue("unknown order");
    await page.goBack();
    await expect(page).not.toHaveURL(/q=/);
    await expect(rowOf(page, refund.id)).toBeVisible();
    await expect(search).toHaveValue("");
    await expect(search).toBeFocused();
  });

  test("shows a run that starts elsewhere without a reload", async ({ page, workspace, api }) => {
    await page.goto(monitoringPath(workspace));
    await expect(rowOf(page, refund.id)).toBeVisible();
    const id = await api.trigger("flaky-carrier", { payload: { orderId: "1005" } });
    await expect(rowOf(page, id)).toBeVisible();
    await expect(rowOf(page, id)).toContainText("Completed", { timeout: 20_000 });
  });

  test("offers each row's actions, Replay among them, which opens the dialog in the trace viewer", async ({
    page,
    workspace,
  }) => {
    await page.goto(monitoringPath(workspace));
    await rowOf(page, refund.id)
      .getByRole("button", { name: `Actions for ${refund.id}` })
      .click();
    await expect(page.getByRole("menuitem", { name: "Monitoring detail" })).toBeVisible();
    await page.getByRole("menuitem", { name: "Replay" }).click();
    await expect(page).toHaveURL(new RegExp(tracePath(workspace, refund.id)));
    await expect(page.getByRole("dialog", { name: "Replay run" })).toBeVisible();
  });
});

test.describe("a viewer", () => {
  test.use({ role: "viewer" });
  test("sees Replay and Cancel disabled, with the reason", async ({ page, workspace }) => {
    await page.goto(monitoringPath(workspace));
    await rowOf(page, refund.id)
      .getByRole("button", { name: `Actions for ${refund.id}` })
      .click();
    const replay = page.getByRole("menuitem", { name: /Replay/ });
    await expect(replay).toBeDisabled();
    await expect(replay).toContainText("This needs the role operator.");
    await page.keyboard.press("Escape");
    await openTrace(page, workspace, refund.id);
    const button = page.getByRole("button", { name: "Replay" });
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await expect(button).toHaveAccessibleDescription("This needs the role operator.");
    await button.click({ force: true });
    await page.keyboard.press("r");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});

// The last of the file: its runs push those of the others from the first page.
test("offers no next page behind the last run, and leads back from an old link to one", async ({
  page,
  workspace,
  api,
}) => {
  test.slow();
  const start = () => api.trigger("flaky-carrier", { payload: { orderId: "1001" }, tags: ["counted"] });
  for (let n = 0; n < runsPerPage; n += 1) await start();
  const path = `${monitoringPath(workspace)}?tag=counted`;
  const next = page.getByRole("button", { name: "Next", exact: true });
  await page.goto(path);
  await expect(page.locator("[data-run-id]")).toHaveCount(runsPerPage);
  await expect(page.getByText(`${runsPerPage} runs`, { exact: true })).toBeVisible();
  await expect(next).toHaveAttribute("aria-disabled", "true");
  await expect(next).toHaveAccessibleDescription("There are no older runs.");
  const newest = await start();
  await expect(rowOf(page, newest)).toBeVisible();
  await expect(next).toHaveAccessibleDescription("");
  await next.focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/cursor=/);
  await expect(page.locator("[data-run-id]")).toHaveCount(1);
  await expect(next).toHaveAccessibleDescription(/^There are no older runs\./);
  await expect(next).toBeFocused();
  const { data } = (await api.call("GET", "/runs?tag=counted&limit=100")).body as { data: Run[] };
  await page.goto(`${path}&cursor=${encodeCursor(data.at(-1) as Run)}`);
  await expect(page.getByRole("heading", { name: "No older runs" })).toBeVisible();
  // Longer than the list takes to look again.
  await page.waitForTimeout(3500);
  await expect(page.locator("[data-run-id]")).toHaveCount(0);
  await page.getByRole("button", { name: "Newest runs" }).click();
  await expect(page).toHaveURL(new RegExp("\\?tag=counted$"));
  await expect(rowOf(page, newest)).toBeVisible();
});
