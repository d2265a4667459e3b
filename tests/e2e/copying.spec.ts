import type { Page } from "playwright/test";
import type { Run } from "#/lib/contract/run.ts";
import { apiOf, expect, expectAccessible, monitoringPath, openTrace, test, toast } from "#/tests/support/browser.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "drafts", role: "owner", permissions: ["clipboard-read"] });

let run: Run;
test.beforeAll(async () => {
  run = await apiOf("drafts").ran("support-refund", { payload: ticketPayload("lost-coffee") });
});

/** What a browser has on a plain http address: no clipboard API; `refuses`: nor the older command. */
async function withoutClipboard(page: Page, refuses: boolean): Promise<void> {
  await page.addInitScript((isRefused) => {
    const api = navigator.clipboard;
    Object.assign(window, { readClipboard: () => api.readText() });
    Object.defineProperty(Navigator.prototype, "clipboard", { get: () => undefined });
    if (isRefused) document.execCommand = () => false;
  }, refuses);
}

const copied = (page: Page) =>
  page.evaluate(() => (window as unknown as { readClipboard: () => Promise<string> }).readClipboard());

/** What Ctrl+C would copy now. */
const selected = (page: Page) =>
  page.evaluate(() => {
    const field = document.activeElement;
    return field instanceof HTMLTextAreaElement ? field.value.slice(field.selectionStart, field.selectionEnd) : "";
  });

for (const refuses of [false, true])
  test(`without a clipboard API${refuses ? ", and refused" : ""}: a button, a menu, and the one view of a key`, async ({
    page,
    workspace,
  }) => {
    await withoutClipboard(page, refuses);
    await openTrace(page, workspace, run.id);
    await page.getByRole("button", { name: "Copy run id" }).or(page.getByTitle("Copy run id")).first().click();
    if (refuses) {
      await expect(page.getByRole("alert").filter({ hasText: "The browser blocked copying" })).toBeVisible();
      await expect.poll(() => selected(page)).toBe(run.id);
      await expectAccessible(page);
    } else await expect.poll(() => copied(page)).toBe(run.id);

    await page.goto(monitoringPath(workspace));
    const row = page
      .getByRole("row")
      .filter({ hasText: run.id.slice(-6) })
      .first();
    await row.getByRole("button").last().click();
    await page.getByRole("menuitem", { name: "Copy run id" }).click();
    if (refuses) {
      await expect(toast(page, "Not copied")).toBeVisible();
      await expect.poll(() => selected(page)).toBe(run.id);
    } else await expect(toast(page, "Run id copied")).toBeVisible();

    await page.goto(`/${workspace.slug}/api-keys`);
    await page.getByRole("button", { name: "New API key" }).click();
    await page.getByLabel("Name").fill(`copied ${refuses}`);
    await page.getByRole("button", { name: "Create key" }).click();
    const shown = page.getByLabel("Secret of the new API key");
    await expect(shown).toBeVisible();
    const secret = (await shown.textContent()) ?? "";
    await page.mouse.click(5, 790);
    await expect(shown).toBeVisible();
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    if (refuses) {
      await expect(page.getByRole("alert").filter({ hasText: "The browser blocked copying" })).toBeVisible();
      await expect.poll(() => selected(page)).toBe(secret);
    } else await expect.poll(() => copied(page)).toBe(secret);
    await expect(shown).toHaveText(secret);
  });
