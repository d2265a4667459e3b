import type { Run } from "#/lib/contract/run.ts";
import {
  apiOf,
  expect,
  expectAccessible,
  expectNoSidewaysScroll,
  monitoringPath,
  openTrace,
  test,
  tracePath,
} from "#/tests/support/browser.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "access" });

let refund: Run;
let replay: Run;
let failed: Run;
test.beforeAll(async () => {
  const api = apiOf("access");
  [refund, failed] = await Promise.all([
    api.ran("support-refund", { version: 1, payload: ticketPayload("damaged-lamp") }),
    api.ran("support-refund", { version: 1, payload: ticketPayload("unknown-order") }),
  ]);
  const { body } = await api.call("POST", `/runs/${refund.id}/replay`);
  replay = await api.reached(body.id);
});

for (const scheme of ["light", "dark"] as const) {
  test.describe(`in ${scheme}`, () => {
    test.use({ colorScheme: scheme });

    test("the runs list passes axe", async ({ page, workspace }) => {
      await page.goto(monitoringPath(workspace));
      await expect(page.locator(`[data-run-id="${refund.id}"]`)).toBeVisible();
      await expect(page.locator("html")).toHaveClass(scheme === "dark" ? /dark/ : /^(?!.*dark)/);
      await expectAccessible(page);
    });

    test("the trace viewer with its inspector passes axe", async ({ page, workspace }) => {
      await openTrace(page, workspace, replay.id);
      await expect(page.getByTestId("effects-summary")).toBeVisible();
      await page.keyboard.press("j");
      await expect(page.getByRole("tab", { name: "Overview" })).toBeVisible();
      await expectAccessible(page);
      await page.getByRole("tab", { name: "Output" }).click();
      await expect(page.getByRole("tabpanel")).toContainText("refund");
      await expectAccessible(page);
    });

    test("the transcript passes axe", async ({ page, workspace }) => {
      await page.goto(`${tracePath(workspace, failed.id)}?view=transcript`);
      await expect(page.getByRole("region", { name: "Transcript" })).toContainText("Classify the ticket");
      await expectAccessible(page);
    });

    test("the replay dialog passes axe", async ({ page, workspace }) => {
      await openTrace(page, workspace, refund.id);
      await page.keyboard.press("r");
      await expect(page.getByRole("dialog").getByText("Will dry-run", { exact: true })).toBeVisible();
      await page.getByRole("radio", { name: "Replay with new prompt" }).click();
      await expectAccessible(page);
    });

    test("the monitoring detail passes axe", async ({ page, workspace }) => {
      await page.goto(monitoringPath(workspace, failed.id));
      await expect(page.getByRole("list", { name: "Status timeline" })).toBeVisible();
      await expectAccessible(page);
    });
  });

  test.describe(`sign-in in ${scheme}`, () => {
    test.use({ colorScheme: scheme, role: null });
    test("passes axe", async ({ page }) => {
      await page.goto("/login");
      await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
      await expectAccessible(page);
    });
  });
}

test("the theme can be switched and stays", async ({ page, workspace }) => {
  await page.goto(monitoringPath(workspace));
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  await expect(page.locator("html")).toHaveClass(/dark/);
  expect(await ground()).not.toBe(before);
  await page.reload();
  await expect(page.locator("html")).toHaveClass(/dark/);
});

test.describe("at 390 px", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test("no page scrolls sideways, and the navigation is a drawer", async ({ page, workspace }) => {
    for (const path of [
      monitoringPath(workspace),
      monitoringPath(workspace, failed.id),
      tracePath(workspace, replay.id),
      tracePath(workspace, failed.id),
      `${tracePath(workspace, refund.id)}?view=transcript`,
    ]) {
      await page.goto(path);
      await expect(page.getByRole("main")).toContainText("support-refund");
      await expectNoSidewaysScroll(page);
    }
    await openTrace(page, workspace, refund.id);
    await page.getByRole("button", { name: "Replay" }).click();
    await expect(page.getByRole("dialog").getByText("Will dry-run", { exact: true })).toBeVisible();
    await page.getByRole("radio", { name: "Replay with new model" }).click();
    await expectNoSidewaysScroll(page);
    const box = await page.getByRole("dialog").boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 390).toBe(true);
    await expectAccessible(page);
  });
});
