import type { Run } from "#/lib/contract/run.ts";
import {
  apiOf,
  expect,
  expectAccessible,
  expectAccessibleInBothThemes,
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

test("the runs list passes axe", async ({ page, workspace }) => {
  await page.goto(monitoringPath(workspace));
  await expect(page.locator(`[data-run-id="${refund.id}"]`)).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test("an open menu stands in the landmark of its button", async ({ page, workspace }) => {
  await page.goto(monitoringPath(workspace));
  for (const button of [
    page.getByRole("banner").getByRole("button", { name: /^Account/ }),
    page
      .getByRole("row")
      .nth(1)
      .getByRole("button", { name: /^Actions/ }),
  ]) {
    await button.click();
    const menu = page.getByRole("menu");
    await expect(menu).toBeVisible();
    expect(await menu.evaluate((element) => element.closest("main, header, aside") !== null)).toBe(true);
    await page.keyboard.press("Escape");
    await expect(menu).toHaveCount(0);
  }
});

test("the trace viewer with its inspector passes axe", async ({ page, workspace }) => {
  await openTrace(page, workspace, replay.id);
  await expect(page.getByTestId("effects-summary")).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("tab", { name: "Overview" })).toBeVisible();
  await expectAccessibleInBothThemes(page);
  await page.getByRole("tab", { name: "Output" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("refund");
  await expectAccessibleInBothThemes(page);
});

test("the transcript passes axe", async ({ page, workspace }) => {
  await page.goto(`${tracePath(workspace, failed.id)}?view=transcript`);
  await expect(page.getByRole("region", { name: "Transcript" })).toContainText("Classify the ticket");
  await expectAccessibleInBothThemes(page);
});

test("the replay dialog passes axe", async ({ page, workspace }) => {
  await openTrace(page, workspace, refund.id);
  await page.keyboard.press("r");
  await expect(page.getByRole("dialog").getByText("Will dry-run", { exact: true })).toBeVisible();
  await page.getByRole("radio", { name: "Replay with new prompt" }).click();
  await expectAccessibleInBothThemes(page);
});

test("the monitoring detail passes axe", async ({ page, workspace }) => {
  await page.goto(monitoringPath(workspace, failed.id));
  await expect(page.getByRole("list", { name: "Status timeline" })).toBeVisible();
  await expectAccessibleInBothThemes(page);
});

test.describe("without a session", () => {
  test.use({ role: null });
  test("the sign-in page passes axe", async ({ page }) => {
    await page.goto("/login");
    await expect(page.getByRole("button", { name: "Sign in" })).toBeEnabled();
    await expectAccessibleInBothThemes(page);
  });
});

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

test.describe("a page that is not there", () => {
  test.use({ expectedErrors: [/status of 404/] });
  test("passes axe", async ({ page, workspace }) => {
    for (const path of ["workflows/nowhere", "prompts/nowhere", "ai/runs/nowhere", "nowhere"]) {
      await page.goto(`/${workspace.slug}/${path}`);
      await expect(page.getByRole("heading", { level: 1, name: "Page not found" })).toBeVisible();
      await expectAccessible(page);
    }
  });
});

/** A workflow with the longest slug, a long name, and a node with a long title. */
async function longNames(): Promise<{ slug: string; title: string }> {
  const slug = "a".repeat(63);
  const title = `Tells ${"everybody-and-".repeat(12)}me`;
  const node = { id: "tell", type: "wait", title, approval: {} };
  const definition = { name: "n".repeat(100), nodes: [node] };
  const { status, text } = await apiOf("access").call("POST", "/workflows", {
    body: { slug, name: "n".repeat(100), definition },
  });
  expect([201, 409], text).toContain(status);
  return { slug, title };
}

test("a long title leaves the other columns of the nodes in sight", async ({ page, workspace }) => {
  const { slug, title } = await longNames();
  await page.goto(`/${workspace.slug}/workflows/${slug}`);
  const nodes = page.getByRole("region", { name: "Nodes of the version" });
  await expect(nodes.getByText(title)).toBeVisible();
  for (const column of await nodes.getByRole("columnheader").all()) await expect(column).toBeInViewport({ ratio: 1 });
});

test.describe("at 390 px", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  test("the links above the monitoring detail and the comparison are large enough", async ({ page, workspace }) => {
    for (const path of [
      monitoringPath(workspace, failed.id),
      `${tracePath(workspace, replay.id)}/compare/${refund.id}`,
    ]) {
      await page.goto(path);
      await expect(page.getByRole("main")).toContainText("support-refund");
      await expectAccessible(page);
    }
  });

  test("the id gives way above, not the words behind it", async ({ page, workspace }) => {
    await page.goto(monitoringPath(workspace, failed.id));
    const here = page.getByRole("navigation", { name: "Breadcrumb" }).getByText("Monitoring detail", { exact: true });
    await expect(here).toBeVisible();
    expect(await here.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
  });

  test("the longest slug is cut above and wraps in its page", async ({ page, workspace }) => {
    const { slug } = await longNames();
    const id = await apiOf("access").trigger(slug, { payload: {} });
    for (const path of [tracePath(workspace, id), monitoringPath(workspace), monitoringPath(workspace, id)]) {
      await page.goto(path);
      await expect(page.getByRole("main")).toContainText(slug);
      await expectNoSidewaysScroll(page);
    }
    await page.goto(`/${workspace.slug}/workflows/${slug}`);
    const address = page.getByRole("main").getByText(slug, { exact: true });
    await expect(address).toBeVisible();
    await expectNoSidewaysScroll(page);
    const text = await address.boundingBox();
    expect((text?.x ?? 0) + (text?.width ?? 0)).toBeLessThanOrEqual(390);
    const crumb = await page.getByRole("navigation", { name: "Breadcrumb" }).boundingBox();
    const theme = await page.getByRole("button", { name: "Switch between light and dark" }).boundingBox();
    expect((crumb?.x ?? 0) + (crumb?.width ?? 0)).toBeLessThanOrEqual(theme?.x ?? 0);
    const title = page.getByRole("heading", { level: 1 });
    expect(await title.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
    await expectAccessible(page);
  });

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
