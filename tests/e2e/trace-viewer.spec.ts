import type { Page } from "playwright/test";
import type { Run } from "#/lib/contract/run.ts";
import { apiOf, expect, monitoringPath, openTrace, test, traceIsOpen, tracePath } from "#/tests/support/browser.ts";
import { faultNote, ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "trace" });

let refund: Run;
let failed: Run;
test.beforeAll(async () => {
  const api = apiOf("trace");
  [refund, failed] = await Promise.all([
    api.ran("support-refund", { version: 1, payload: ticketPayload("damaged-lamp") }),
    api.ran("support-refund", { version: 1, payload: ticketPayload("unknown-order") }),
  ]);
  expect([refund.status, failed.status]).toEqual(["completed", "failed"]);
});

const grid = (page: Page) => page.getByRole("treegrid", { name: "Spans of this run" });
const selected = (page: Page) => page.locator("[role=row][aria-selected=true]");
const spanOf = (page: Page) => new URL(page.url()).searchParams.get("span");
const inspector = (page: Page) => page.getByRole("tab", { name: "Overview" });

test.describe("the trace viewer", () => {
  test("moves its one cursor by j, k, h, l and shows the row's body; the address keeps all of it", async ({
    page,
    workspace,
  }) => {
    await openTrace(page, workspace, refund.id);
    await page.keyboard.press("j");
    await expect(selected(page)).toContainText("Classify the ticket");
    await expect.poll(() => spanOf(page)).not.toBeNull();
    const first = spanOf(page);
    await page.keyboard.press("j");
    await expect.poll(() => spanOf(page)).not.toBe(first);
    await page.keyboard.press("k");
    await expect(selected(page)).toContainText("Classify the ticket");
    await expect.poll(() => spanOf(page)).toBe(first);
    for (let n = 0; n < 2; n += 1) await page.keyboard.press("j");
    await expect(selected(page)).toContainText("Decide on a refund");
    const rows = () => grid(page).getAttribute("aria-rowcount").then(Number);
    const all = await rows();
    await page.keyboard.press("h");
    await expect.poll(rows).toBeLessThan(all);
    await page.keyboard.press("l");
    await expect.poll(rows).toBe(all);
    await page.keyboard.press("l");
    await expect(selected(page)).not.toContainText("Decide on a refund");
    await page.keyboard.press("h");
    await expect(selected(page)).toContainText("Decide on a refund");
    for (let n = 0; n < 2; n += 1) await page.keyboard.press("k");
    await expect(selected(page)).toContainText("Classify the ticket");
    await page.keyboard.press("Escape");
    await expect(inspector(page)).toHaveCount(0);
    await page.keyboard.press("Enter");
    await expect(inspector(page)).toBeVisible();
    await page.getByRole("tab", { name: "Output" }).click();
    await expect(page).toHaveURL(/tab=output/);
    await expect(page.getByRole("tabpanel")).toContainText("damaged");
    await page.reload();
    await expect(selected(page)).toContainText("Classify the ticket");
    await expect(page.getByRole("tab", { name: "Output" })).toHaveAttribute("aria-selected", "true");
    await expect(page.getByRole("tabpanel")).toContainText("damaged");
  });

  test("moves by arrows from the start, wherever the keyboard is, except in what has another use for them", async ({
    page,
    workspace,
  }) => {
    await openTrace(page, workspace, refund.id);
    await page.keyboard.press("ArrowDown");
    await expect(selected(page)).toContainText("Classify the ticket");
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowDown");
    await expect(selected(page)).toContainText("Decide on a refund");
    const rows = () => grid(page).getAttribute("aria-rowcount").then(Number);
    const all = await rows();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(rows).toBeLessThan(all);
    await page.keyboard.press("ArrowRight");
    await expect.poll(rows).toBe(all);
    await page.getByRole("button", { name: "Tree" }).focus();
    for (let n = 0; n < 2; n += 1) await page.keyboard.press("ArrowUp");
    await expect(selected(page)).toContainText("Classify the ticket");
    await grid(page).focus();
    await page.keyboard.press("ArrowDown");
    await expect(selected(page)).not.toContainText("Classify the ticket");
    await page.keyboard.press("ArrowUp");
    await expect(selected(page)).toContainText("Classify the ticket");
    await page.getByRole("tab", { name: "Overview" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await expect(page.getByRole("tab", { name: "Overview" })).not.toBeFocused();
    await page.getByRole("separator", { name: "Width of the inspector" }).focus();
    for (const key of ["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"]) await page.keyboard.press(key);
    await page.getByRole("searchbox", { name: "Search spans" }).focus();
    await page.keyboard.press("ArrowUp");
    await expect(selected(page)).toContainText("Classify the ticket");
    expect(await rows()).toBe(all);
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    for (const label of ["Next span", "Previous span"])
      await expect(page.getByRole("dialog").getByRole("listitem").filter({ hasText: label })).toContainText(/[↓↑]/);
  });

  test("shows tokens, cost and duration beside the open inspector", async ({ page, workspace }) => {
    await openTrace(page, workspace, refund.id);
    await expect(inspector(page)).toBeVisible();
    const decide = grid(page).getByRole("row").filter({ hasText: "Decide on a refund" }).first();
    for (const column of ["tokens", "cost", "duration"])
      await expect(decide.locator(`[data-column="${column}"]`)).toBeInViewport({ ratio: 1 });
    await expect(decide.locator("[data-column=bars]")).toBeVisible();
  });

  test("tells where a replay of a replay stands, in the same words as its monitoring detail", async ({
    page,
    workspace,
    api,
  }) => {
    const replayOf = async (id: string) =>
      api.reached((await api.call("POST", `/runs/${id}/replay`)).body.id as string);
    const first = await replayOf(refund.id);
    const second = await replayOf(first.id);
    const link = (id: string) => page.getByRole("main").getByRole("link").and(page.getByTitle(id));
    for (const path of [tracePath(workspace, second.id), monitoringPath(workspace, second.id)]) {
      await page.goto(path);
      await expect(page.getByText(/replay 2 of run_\S+, made from run_/)).toBeVisible();
      await expect(link(refund.id)).toHaveAttribute("href", tracePath(workspace, refund.id));
      await expect(link(first.id)).toHaveAttribute("href", tracePath(workspace, first.id));
    }
    for (const path of [tracePath(workspace, first.id), monitoringPath(workspace, first.id)]) {
      await page.goto(path);
      await expect(page.getByText(/replay 1 of run_\S+$/)).toBeVisible();
    }
    await openTrace(page, workspace, refund.id);
    await page.getByRole("button", { name: "1 made from this run" }).click();
    await page.getByRole("menuitem").click();
    await expect(page).toHaveURL(new RegExp(tracePath(workspace, first.id)));
  });

  test("searches with /, shows errors with e, goes to the next error with n, and Escape undoes", async ({
    page,
    workspace,
  }) => {
    await openTrace(page, workspace, failed.id);
    const all = await grid(page).getAttribute("aria-rowcount");
    await page.keyboard.press("n");
    await expect(selected(page)).toContainText("GET /orders/9999");
    await page.keyboard.press("e");
    await expect(page).toHaveURL(/errors=1/);
    await expect(page.getByRole("button", { name: /Errors only/ })).toHaveAttribute("aria-pressed", "true");
    expect(Number(await grid(page).getAttribute("aria-rowcount"))).toBeLessThan(Number(all));
    await page.reload();
    await expect(page.getByRole("button", { name: /Errors only/ })).toHaveAttribute("aria-pressed", "true");
    await expect(selected(page)).toContainText("GET /orders/9999");
    await page.keyboard.press("Escape");
    await expect(page).not.toHaveURL(/errors=1/);
    await page.keyboard.press("/");
    await page.keyboard.type("classify the");
    await expect(page).toHaveURL(/q=classify/);
    await expect(
      grid(page)
        .locator("mark")
        .filter({ hasText: /classify the/i })
        .first(),
    ).toBeVisible();
    await page.reload();
    await expect(page.getByRole("searchbox", { name: "Search spans" })).toHaveValue("classify the");
    await page.getByRole("searchbox", { name: "Search spans" }).focus();
    await page.keyboard.press("Escape");
    await expect(page).not.toHaveURL(/q=/);
    await expect(grid(page)).toHaveAttribute("aria-rowcount", all ?? "");
  });

  test("names the step that failed and leads to it", async ({ page, workspace }) => {
    await openTrace(page, workspace, failed.id);
    await expect(page.getByRole("alert").filter({ hasText: "lookup_order" })).toBeVisible();
    await expect(page.locator("[data-run-status]")).toHaveAttribute("data-run-status", "failed");
  });

  test("shows the log of the run and of a step, and only what is grave on request", async ({ page, workspace }) => {
    await openTrace(page, workspace, failed.id, "?tab=logs");
    const lines = page.getByRole("list", { name: "Log lines" }).getByRole("listitem");
    await expect(lines.filter({ hasText: "GET /orders/9999" }).first()).toBeVisible();
    const all = await lines.count();
    await page.getByRole("checkbox", { name: "Warnings and errors only" }).check();
    await expect.poll(() => lines.count()).toBeLessThan(all);
    for (const text of await lines.allInnerTexts()) expect(text).toMatch(/^(warn|error)/);
    await lines.getByRole("button").first().click();
    await expect(selected(page)).toContainText("GET /orders/9999");
    await expect(lines.first()).toBeVisible();
  });

  test("lists its keys with ?", async ({ page, workspace }) => {
    await openTrace(page, workspace, refund.id);
    await page.keyboard.press("?");
    const keys = page.getByRole("dialog");
    for (const label of ["Next span", "Previous span", "Search spans", "Errors only", "Next error", "Replay this run"])
      await expect(keys).toContainText(label);
    await page.keyboard.press("Escape");
    await expect(keys).toHaveCount(0);
  });

  test("shows the transcript: what the agent was told, said and called, with the same cursor", async ({
    page,
    workspace,
  }) => {
    await openTrace(page, workspace, refund.id);
    await page.getByRole("button", { name: "Transcript" }).click();
    await expect(page).toHaveURL(/view=transcript/);
    const transcript = page.getByRole("region", { name: "Transcript" });
    await expect(transcript).toContainText("Lamp arrived broken");
    await expect(transcript).toContainText("refund_order");
    await page.reload();
    await expect(transcript).toContainText("refund_order");
    await transcript
      .getByRole("button", { name: /refund_order/ })
      .first()
      .click();
    await page.getByRole("button", { name: "Tree" }).click();
    await expect(selected(page)).toContainText("refund_order");
  });

  test("grows live while the run executes, without a request for the page", async ({ page, workspace, api }) => {
    const payload = ticketPayload("late-backpack", { note: faultNote("delay=500") });
    const id = await api.trigger("support-refund", { version: 1, payload });
    // A run paused before its first step has no row to show.
    await expect
      .poll(async () => (await api.call("GET", `/runs/${id}/trace`)).body.count as number, { intervals: [50] })
      .toBeGreaterThan(0);
    await api.call("POST", `/runs/${id}/pause`);
    await openTrace(page, workspace, id);
    let loads = 0;
    page.on("load", () => (loads += 1));
    await expect(page.locator("[data-run-status]")).toHaveAttribute("data-run-status", "paused");
    const rows = () => grid(page).getAttribute("aria-rowcount").then(Number);
    const early = await rows();
    await api.call("POST", `/runs/${id}/resume`);
    await expect(page.locator("[data-run-status]")).toHaveAttribute("data-run-status", "completed", {
      timeout: 20_000,
    });
    await expect.poll(rows).toBeGreaterThan(early);
    await expect(grid(page).getByText("POST /notifications", { exact: true })).toBeVisible();
    expect(loads).toBe(0);
    const { body } = await api.call("GET", `/runs/${id}/trace`);
    await expect.poll(rows).toBe(body.count);
  });

  test("goes to the neighbours of the list it was opened from with [ and ]", async ({ page, workspace }) => {
    await page.goto(`/${workspace.slug}/monitoring/workflow-runs?workflow=support-refund&version=1`);
    const ids = await page
      .locator("[data-run-id]")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-run-id")));
    await page.locator(`[data-run-id="${ids[0]}"]`).getByRole("cell").nth(1).click();
    await traceIsOpen(page);
    await page.keyboard.press("]");
    await expect(page).toHaveURL(new RegExp(`${ids[1]}`));
    await traceIsOpen(page);
    await page.keyboard.press("[");
    await expect(page).toHaveURL(new RegExp(`${ids[0]}`));
  });
});

test.describe("a run that is not this workspace's", () => {
  test.use({ expectedErrors: [/status of 404/] });
  test("is not found, whoever asks", async ({ page, workspace, api }) => {
    void api;
    for (const id of ["run_nowhere", "%00", "run_01hzzzzzzzzzzzzzzzzzzzzzzz"]) {
      await page.goto(tracePath(workspace, id));
      await expect(page.getByRole("main")).toContainText("Page not found");
    }
  });
});
