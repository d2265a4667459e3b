import type { Page } from "playwright/test";
import { baseUrl, expect, monitoringPath, test, toast, tracePath } from "#/tests/support/browser.ts";
import type { HttpApi } from "#/tests/support/http-api.ts";
import { faultNote, ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "monitoring" });

const button = (page: Page, name: string) => page.getByRole("main").getByRole("button", { name, exact: true });
const started = (api: HttpApi, fault: string) =>
  api.trigger("support-refund", { version: 1, payload: ticketPayload("late-mugs", { note: faultNote(fault) }) });

test.describe("the monitoring detail", () => {
  test("has no Replay button and no replay key; its trace is one click away", async ({ page, workspace, api }) => {
    const run = await api.ran("flaky-carrier", { payload: { orderId: "1001" } });
    await page.goto(monitoringPath(workspace, run.id));
    await expect(page.getByRole("list", { name: "Status timeline" })).toContainText("Finished: completed");
    await expect(page.getByRole("button", { name: /replay/i })).toHaveCount(0);
    await page.keyboard.press("r");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    for (const name of ["Pause", "Resume", "Cancel"]) {
      await expect(button(page, name)).toHaveAttribute("aria-disabled", "true");
      await expect(button(page, name)).toHaveAccessibleDescription("The run has ended.");
    }
    await page.getByRole("link", { name: "Open trace" }).click();
    await expect(page).toHaveURL(`${baseUrl()}${tracePath(workspace, run.id)}`);
  });

  test("pauses behind the step in flight, resumes behind it, and shows the end live", async ({
    page,
    workspace,
    api,
  }) => {
    // Only the first call is slow: however long the page takes, it is in flight when Pause is pressed.
    const id = await started(api, "delay=10000x1");
    await page.goto(monitoringPath(workspace, id));
    await button(page, "Pause").click();
    await expect(toast(page, "Pause requested")).toContainText(id);
    const status = page.getByRole("main").locator("header");
    await expect(status).toContainText("Paused", { timeout: 20_000 });
    await expect(button(page, "Pause")).toHaveAccessibleDescription("The run is already paused.");
    const paused = await api.reached(id, ["paused"]);
    await button(page, "Resume").click();
    await expect(toast(page, "Run resumed")).toContainText(id);
    await expect(status).toContainText("Completed", { timeout: 20_000 });
    const ended = await api.reached(id);
    expect(ended.steps).toBeGreaterThan(paused.steps);
    const { body } = await api.call("GET", `/runs/${id}/steps`);
    const keys = (body.data as { key: string }[]).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("a button that becomes disabled under the keyboard keeps the focus", async ({ page, workspace, api }) => {
    const id = await started(api, "delay=10000x1");
    await page.goto(monitoringPath(workspace, id));
    await button(page, "Pause").focus();
    await page.keyboard.press("Enter");
    await expect(button(page, "Pause")).toHaveAccessibleDescription(/^The run is already paused\./, {
      timeout: 60_000,
    });
    await expect(button(page, "Pause")).toBeFocused();
    await button(page, "Resume").focus();
    await page.keyboard.press("Enter");
    await expect(button(page, "Resume")).toHaveAttribute("aria-disabled", "true");
    await expect(button(page, "Resume")).toBeFocused();
    await api.call("POST", `/runs/${id}/cancel`);
  });

  test("decides one approval after the other by keyboard; behind the last one the page has the focus", async ({
    page,
    workspace,
    api,
  }) => {
    const ask = (id: string) => ({ id, type: "wait", approval: { title: `May ${id} go?` } });
    const definition = { name: "Asking", nodes: ["first", "second", "third"].map(ask) };
    const pushed = await api.call("POST", "/workflows", { body: { slug: "asking", name: "Asking", definition } });
    expect([201, 409]).toContain(pushed.status);
    const id = await api.trigger("asking", { payload: {} });
    await expect.poll(async () => (await api.call("GET", `/runs/${id}/approvals`)).body.data.length).toBe(3);
    await page.goto(monitoringPath(workspace, id));
    const card = (name: string) => page.getByRole("group", { name: `May ${name} go?` });
    const decide = async (name: string, decision: "Approve" | "Reject") => {
      await card(name).getByRole("button", { name: decision }).focus();
      await page.keyboard.press("Enter");
      await expect(card(name)).toHaveCount(0);
    };
    await decide("second", "Approve");
    await expect(card("third")).toBeFocused();
    await page.keyboard.press("Tab");
    await expect(card("third").getByRole("textbox")).toBeFocused();
    await decide("third", "Approve");
    await expect(card("first")).toBeFocused();
    await decide("first", "Approve");
    await expect(page.getByRole("main")).toBeFocused();
    expect((await api.reached(id)).status).toBe("completed");
  });

  test("cancels after asking; not asking again is no way around", async ({ page, workspace, api }) => {
    const id = await started(api, "stall");
    await page.goto(monitoringPath(workspace, id));
    await button(page, "Cancel").click();
    const question = page
      .getByRole("alertdialog")
      .or(page.getByRole("dialog", { name: "Cancel this run?" }))
      .first();
    await expect(question).toContainText("Cancel this run?");
    await page.keyboard.press("Escape");
    await expect(question).toHaveCount(0);
    expect((await api.call("GET", `/runs/${id}`)).body.status).not.toBe("cancelled");
    await button(page, "Cancel").click();
    await question.getByRole("button", { name: "Cancel run" }).click();
    await expect(toast(page, "Cancellation requested")).toContainText(id);
    await expect(page.getByRole("list", { name: "Status timeline" })).toContainText("Finished: cancelled");
    expect(await api.reached(id)).toMatchObject({ status: "cancelled", statusReason: "user" });
  });
});

test.describe("a viewer", () => {
  test.use({ role: "viewer" });
  test("may look, and is told why not to act", async ({ page, workspace, api }) => {
    const id = await started(api, "stall");
    await page.goto(monitoringPath(workspace, id));
    for (const name of ["Pause", "Resume", "Cancel"])
      await expect(button(page, name)).toHaveAccessibleDescription("This needs the role operator.");
    await api.call("POST", `/runs/${id}/cancel`);
    await expect(page.getByRole("list", { name: "Status timeline" })).toContainText("Finished: cancelled");
  });
});
