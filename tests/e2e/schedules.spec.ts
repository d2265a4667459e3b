import type { Page } from "playwright/test";
import type { Schedule } from "#/lib/contract/schedule.ts";
import {
  baseUrl,
  expect,
  expectAccessibleInBothThemes,
  expectNoSidewaysScroll,
  monitoringPath,
  test,
  toast,
  tracePath,
  workspaceOf,
} from "#/tests/support/browser.ts";

test.use({ workspaceName: "schedules" });

const listPath = () => `/${workspaceOf("schedules").slug}/schedules`;
const opened = (page: Page, name: string) => page.getByRole("dialog", { name });

test("by keyboard alone: create a schedule with its next times in sight, open it, change it, delete it", async ({
  page,
  api,
}) => {
  test.slow();
  await page.goto(listPath());
  await expect(page.getByRole("heading", { name: "No schedules yet" })).toBeVisible();
  await page.getByRole("button", { name: "New schedule" }).focus();
  const dialog = opened(page, "New schedule");
  await expect(async () => {
    if ((await dialog.count()) === 0) await page.keyboard.press("Enter");
    await expect(dialog).toBeVisible({ timeout: 1000 });
  }).toPass();
  const create = dialog.getByRole("button", { name: "Create schedule" });
  await expect(create).toHaveAccessibleDescription("Choose a workflow.");
  await expect(dialog.getByLabel("Workflow")).toBeFocused();
  await page.keyboard.type("flaky");
  await expect(dialog.getByLabel("Workflow")).toHaveValue("flaky-carrier");
  await expect(dialog.getByLabel("Payload (JSON)")).toHaveValue(/orderId/);
  await page.keyboard.press("Tab");
  await expect(dialog.getByLabel("Cron expression")).toBeFocused();
  await page.keyboard.type("0 25 * * *");
  await expect(dialog.getByLabel("Cron expression")).toHaveAccessibleDescription(/^Expected a cron expression such as/);
  await expect(create).toHaveAccessibleDescription("Correct the times.");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("0 9 * * 1-5");
  await expect(dialog.getByLabel("Cron expression")).toHaveAccessibleDescription("At 09:00, Monday through Friday");
  await dialog.getByLabel("Time zone").focus();
  await page.keyboard.type("Asia/Tok");
  await expect(dialog.getByLabel("Time zone")).toHaveValue("Asia/Tokyo");
  const times = dialog.getByRole("list", { name: "Next times" }).getByRole("listitem");
  await expect(times).toHaveCount(5);
  await expect(times.first()).toContainText(/^(Mon|Tue|Wed|Thu|Fri) .*09:00in/);
  await expect(times.first().locator("time").first()).toHaveAttribute("datetime", /T00:00:00.000Z$/);
  await expectAccessibleInBothThemes(page);
  await dialog.getByLabel("Payload (JSON)").focus();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type('{ "orderId": 7 }');
  await dialog.getByLabel("Environment").focus();
  await page.keyboard.press("Enter");
  await expect(dialog.getByLabel("Payload (JSON)")).toBeFocused();
  await expect(dialog.getByRole("alert")).toContainText("payload.orderId");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type('{ "orderId": "1001" }');
  await dialog.getByLabel("Environment").focus();
  await page.keyboard.press("Enter");
  await expect(toast(page, "Schedule created")).toContainText("flaky-carrier");
  await expect(dialog).toHaveCount(0);

  const row = page.locator("[data-schedule-id]");
  await expect(row).toContainText("At 09:00, Monday through Friday");
  await expect(row).toContainText("Asia/Tokyo");
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${listPath()}/sched_[0-9a-z]+$`));
  await expect(page.getByRole("list", { name: "Next times" }).getByRole("listitem")).toHaveCount(5);
  await expectAccessibleInBothThemes(page);
  const sw = page.getByRole("switch");
  await sw.focus();
  await page.keyboard.press("Space");
  await expect(sw).toHaveAttribute("aria-checked", "false");
  await expect(page.getByText("None while it is disabled.")).toBeVisible();
  await page.getByRole("button", { name: "Edit" }).focus();
  await page.keyboard.press("Enter");
  const edit = opened(page, "Schedule of flaky-carrier");
  await expect(edit.getByLabel("Payload (JSON)")).toHaveValue(/"1001"/);
  await edit.getByRole("checkbox", { name: /^Catch up/ }).focus();
  await page.keyboard.press("Space");
  await edit.getByRole("checkbox", { name: "Enabled" }).focus();
  await page.keyboard.press("Space");
  await edit.getByRole("button", { name: "Save schedule" }).focus();
  await page.keyboard.press("Enter");
  await expect(toast(page, "Schedule saved")).toBeVisible();
  await expect(page.getByText("make one run, late")).toBeVisible();
  const { data } = (await api.call("GET", "/schedules")).body as { data: Schedule[] };
  expect(data).toMatchObject([
    { cron: "0 9 * * 1-5", enabled: true, catchUp: true, payload: { orderId: "1001" }, environment: "production" },
  ]);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Delete" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete schedule" }).focus();
  await page.keyboard.press("Enter");
  await expect(toast(page, "Schedule deleted")).toBeVisible();
  await expect(page.getByRole("heading", { name: "No schedules yet" })).toBeVisible();
});

test("its runs are one link away and lead back to it, and a tick that started none says why", async ({
  page,
  workspace,
  api,
}) => {
  const made = async (body: object) => (await api.call("POST", "/schedules", { body })).body as Schedule;
  const every = { workflow: "flaky-carrier", cron: "* * * * * *" };
  const [works, fails] = [
    await made({ ...every, payload: { orderId: "1001" } }),
    await made({ ...every, payload: {} }),
  ];
  const read = async (id: string) => (await api.call("GET", `/schedules/${id}`)).body as Schedule;
  await expect.poll(async () => (await read(works.id)).lastRun).not.toBeNull();
  await expect.poll(async () => (await read(fails.id)).lastError).not.toBeNull();
  const end = ({ id }: Schedule) => api.call("PATCH", `/schedules/${id}`, { body: { enabled: false } });
  await end(works);
  const { lastRun } = await read(works.id);

  await page.goto(`${listPath()}/${fails.id}`);
  await expect(page.getByRole("alert").filter({ hasText: "The last tick started no run" })).toContainText(
    "payload_invalid",
  );
  await end(fails);
  await page.goto(listPath());
  const row = page.locator(`[data-schedule-id="${works.id}"]`);
  await expect(row.getByRole("link", { name: /^run_/ })).toHaveAttribute("href", tracePath(workspace, lastRun ?? ""));
  await row.getByRole("link", { name: /^flaky-carrier/ }).click();
  await page.getByRole("link", { name: "See its runs" }).click();
  await expect(page).toHaveURL(new RegExp(`\\?schedule=${works.id}$`));
  await page.locator(`[data-run-id="${lastRun}"] a[data-row-link]`).click();
  await page
    .locator("[data-run-status] header")
    .getByRole("link", { name: /^sched_/ })
    .click();
  await expect(page).toHaveURL(`${baseUrl()}${listPath()}/${works.id}`);
});

test("a delayed run is given another start, in the trace, from the list and on its monitoring page", async ({
  page,
  workspace,
  api,
}) => {
  const id = await api.trigger("flaky-carrier", { payload: { orderId: "1001" }, delay: "1h" });
  const startOf = async () => Date.parse((await api.reached(id, ["pending"])).startAt ?? "");
  const first = await startOf();
  await page.goto(`${monitoringPath(workspace)}?status=pending`);
  await page.getByRole("button", { name: `Actions for ${id}` }).click();
  await page.getByRole("menuitem", { name: "Reschedule" }).click();
  const dialog = opened(page, "Reschedule run");
  await dialog.getByLabel("New start").fill("2099-01-01");
  await expect(dialog.getByLabel("New start")).toHaveAccessibleDescription("Is more than a year ahead.");
  await dialog.getByLabel("New start").fill("2h");
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("Enter");
  await expect(toast(page, "Run rescheduled")).toBeVisible();
  await expect.poll(startOf).toBeGreaterThan(first);

  await page.goto(tracePath(workspace, id));
  await page.getByRole("button", { name: "Reschedule" }).click();
  await dialog.getByLabel("New start").fill("2020-01-01 09:00");
  await expect(dialog.getByLabel("New start")).toHaveAccessibleDescription("Starts at once: the time has passed.");
  await page.keyboard.press("Enter");
  await expect(page.locator("[data-run-status]")).toHaveAttribute("data-run-status", "completed", { timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Reschedule" })).toHaveCount(0);
  await page.goto(monitoringPath(workspace, id));
  await expect(page.getByRole("button", { name: "Reschedule" })).toHaveAccessibleDescription(
    "Only a delayed run can be rescheduled.",
  );
});

test.describe("a viewer", () => {
  test.use({ role: "viewer" });
  test("reads schedules, with the reason on what changes them", async ({ page, api }) => {
    const body = { workflow: "flaky-carrier", cron: "@yearly", payload: { orderId: "1001" } };
    const { id } = (await api.call("POST", "/schedules", { body })).body as Schedule;
    await page.goto(listPath());
    const because = "This needs the role operator.";
    await expect(page.getByRole("button", { name: "New schedule" })).toHaveAccessibleDescription(because);
    await expect(page.locator(`[data-schedule-id="${id}"]`).getByRole("switch")).toHaveAccessibleDescription(because);
    await page.goto(`${listPath()}/${id}`);
    for (const name of ["Edit", "Delete"])
      await expect(page.getByRole("button", { name })).toHaveAccessibleDescription(because);
    const gone = await page.request.get(`${baseUrl()}${listPath()}/sched_00000000000000000000000000`);
    expect(gone.status()).toBe(404);
  });
});
