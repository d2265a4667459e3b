import type { Page } from "playwright/test";
import type { Run } from "#/lib/contract/run.ts";
import {
  apiOf,
  expect,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectNoSidewaysScroll,
  test,
  toast,
} from "#/tests/support/browser.ts";
import { dryRunBanner, liveBanner, openReplay, submitted } from "#/tests/support/replay-page.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "grants", role: "admin" });

/** Only this file's job refunds order 1010: what arrives for it came from here. */
async function refunds(): Promise<number> {
  const answer = await fetch(`${process.env["REPRISE_E2E_ORDERS_URL"]}/refunds?orderId=1010`);
  return ((await answer.json()) as { refunds: unknown[] }).refunds.length;
}

let source: Run;
test.beforeAll(async () => {
  source = await apiOf("grants").ran("support-refund", { version: 1, payload: ticketPayload("broken-pan") });
  expect(source.status).toBe("completed");
});

const form = (page: Page) => page.getByRole("dialog", { name: "Grant mutations" });
const rows = (page: Page) => page.locator("[data-grant-id]");

async function openForm(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Grant mutations" }).focus();
  await page.keyboard.press("Enter");
  await form(page).getByLabel("Workflow").selectOption("support-refund");
  await form(page).getByLabel("Nodes of version").selectOption("1");
  await expect(form(page).getByRole("checkbox", { name: /^decide/ })).toBeVisible();
}

test("granted for one node: the banner names it, one refund is made, and none after it is revoked", async ({
  page,
  workspace,
  api,
}) => {
  test.slow();
  await page.goto(`/${workspace.slug}/policies`);
  await openForm(page);
  const give = form(page).getByRole("button", { name: "Grant mutations" });
  await expect(give).toHaveAttribute("aria-disabled", "true");
  await expectAccessible(page);
  // All by keyboard.
  await form(page)
    .getByRole("checkbox", { name: /^decide/ })
    .focus();
  await page.keyboard.press("Space");
  await form(page).getByLabel("For", { exact: true }).selectOption("15 minutes");
  await form(page).getByLabel("Reason").focus();
  await page.keyboard.type("The refund of this ticket never reached the bank.");
  await give.focus();
  await page.keyboard.press("Enter");
  await expect(toast(page, "Mutations granted")).toBeVisible();
  const row = rows(page).filter({ hasText: "never reached the bank" });
  await expect(row).toContainText("active");
  await expectAccessible(page);
  const grantId = (await row.getAttribute("data-grant-id")) ?? "";

  const before = await refunds();
  const dialog = await openReplay(page, workspace, source.id);
  const banner = dialog.getByRole("alert").filter({ hasText: liveBanner });
  await expect(banner).toHaveAttribute("data-kind", "danger");
  await expect(banner.locator("p").first()).toHaveText(liveBanner);
  await expect(banner).toContainText(new RegExp(`Allowed by grant ${grantId} of admin .*, until 20\\d\\d-.* UTC`));
  await expect(dialog.getByRole("region", { name: "Mutating calls that will be made" })).toContainText("decide");
  await expectAccessible(page);
  const live = await api.reached(await submitted(page));
  expect(live.status).toBe("completed");
  expect(await refunds()).toBe(before + 1);
  const audit = await api.call("GET", `/audit-events?action=tool.live_mutation&target=${live.id}`);
  expect(audit.body.data.map((event: { details: object }) => event.details)).toEqual([
    expect.objectContaining({ nodeId: "decide", grant: grantId }),
  ]);

  await page.goto(`/${workspace.slug}/policies`);
  await row.getByRole("button", { name: /^Revoke grant/ }).focus();
  await page.keyboard.press("Enter");
  await expect(toast(page, "Grant revoked")).toBeVisible();
  await expect(row).toContainText("revoked");
  const again = await openReplay(page, workspace, source.id);
  await expect(again.getByText(dryRunBanner)).toBeVisible();
  const dry = await api.reached(await submitted(page));
  expect(dry).toMatchObject({ status: "completed", effects: { live: 0 } });
  expect(await refunds()).toBe(before + 1);
});

test("one that needs approval holds only once somebody else has approved it", async ({
  page,
  workspace,
  api,
  elsewhere,
}) => {
  await page.goto(`/${workspace.slug}/policies`);
  await openForm(page);
  await form(page)
    .getByRole("checkbox", { name: /^notify / })
    .click();
  await form(page).getByLabel("Reason").fill("The mail bounced.");
  await form(page)
    .getByRole("checkbox", { name: /must approve/ })
    .click();
  await form(page).getByRole("button", { name: "Request approval" }).click();
  await expect(toast(page, "Grant waiting for approval")).toBeVisible();
  const row = rows(page).filter({ hasText: "The mail bounced." });
  await expect(row).toContainText("waiting for approval");
  await expect(row.getByRole("button", { name: /^Approve grant/ })).toHaveAttribute("aria-disabled", "true");
  const isLive = async () =>
    (await api.call("POST", `/runs/${source.id}/replay/preflight`, { body: {} })).body.plan.allowsMutations;
  expect(await isLive()).toBe(false);

  const other = await elsewhere("owner");
  await other.goto(`/${workspace.slug}/policies`);
  const theirs = rows(other).filter({ hasText: "The mail bounced." });
  await theirs.getByRole("button", { name: /^Approve grant/ }).click();
  await other.getByRole("alertdialog").getByRole("button", { name: "Approve grant" }).click();
  await expect(theirs).toContainText("active");
  await expect(theirs).toContainText("approved by owner");
  expect(await isLive()).toBe(true);
  await page.reload();
  await row.getByRole("button", { name: /^Revoke grant/ }).click();
  await expect(row).toContainText("revoked");
  expect(await isLive()).toBe(false);
});

test.describe("at 390 px", () => {
  test.use({ viewport: { width: 390, height: 844 }, role: "operator" });
  test("an operator reads the grants and can change none", async ({ page, workspace, api }) => {
    await page.goto(`/${workspace.slug}/policies`);
    await expect(page.getByRole("heading", { name: "Mutation grants" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Grant mutations" })).toHaveAttribute("aria-disabled", "true");
    await expectNoSidewaysScroll(page);
    await expectAccessibleInBothThemes(page);
    expect((await api.call("GET", "/mutation-grants")).status).toBe(200);
  });
});
