import type { Page } from "playwright/test";
import type { Run } from "#/lib/contract/run.ts";
import {
  apiOf,
  expect,
  expectAccessibleInBothThemes,
  expectNoSidewaysScroll,
  openTrace,
  test,
  tracePath,
  traceIsOpen,
  workspaceOf,
} from "#/tests/support/browser.ts";
import type { SeededWorkspace } from "#/tests/support/seeded-workspace.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "compare" });

let original: Run;
/** The same again, with another revision of the prompt by which the agent decides. */
let reworded: Run;
test.beforeAll(async () => {
  const api = apiOf("compare");
  original = await api.ran("support-refund", { version: 1, payload: ticketPayload("damaged-lamp") });
  expect(original.status).toBe("completed");
  const decide = workspaceOf("compare").prompts["decide"];
  const body = { mode: "prompt", prompt: { artifactId: decide?.id, contentHash: decide?.hashes[2] } };
  const accepted = await api.call("POST", `/runs/${original.id}/replay`, { body });
  reworded = await api.reached(accepted.body.id);
  expect(reworded.status).toBe("completed");
});

const comparePath = (workspace: SeededWorkspace, search = "") =>
  `${tracePath(workspace, reworded.id)}/compare/${original.id}${search}`;
const list = (page: Page) => page.getByRole("listbox", { name: "Steps of both runs" });
const selected = (page: Page) => list(page).getByRole("option", { selected: true });
const detail = (page: Page) => page.getByRole("region", { name: "Selected step" });
const stepOf = (page: Page) => new URL(page.url()).searchParams.get("step");

async function open(page: Page, workspace: SeededWorkspace, search = ""): Promise<void> {
  await page.goto(comparePath(workspace, search));
  await isOpen(page);
}

/** From when on the keys work. */
async function isOpen(page: Page): Promise<void> {
  await expect(list(page)).toHaveAttribute("aria-busy", "false");
  await expect(selected(page)).toBeVisible();
}

test.describe("comparing two runs", () => {
  test("opens from the replay's trace with c; totals on top, the first divergence selected", async ({
    page,
    workspace,
  }) => {
    await openTrace(page, workspace, reworded.id);
    await page.keyboard.press("c");
    await expect(page).toHaveURL(new RegExp(`/compare/${original.id}`));
    await isOpen(page);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Compare runs");
    await expect(page.getByText("B is a replay of A.")).toBeVisible();
    const totals = page.getByRole("region", { name: "Totals" });
    await expect(totals.getByRole("row")).toHaveCount(4);
    await expect(totals.getByRole("row").nth(1)).toContainText("original");
    await expect(totals.getByRole("row").nth(2)).toContainText("replay 1");
    await expect(totals.getByRole("row").nth(2)).toContainText("dry run ·");
    await expect(selected(page)).toHaveAttribute("data-first-divergence", "true");
    await expect(selected(page)).toContainText("decide");
    await expect(detail(page)).toContainText("first divergence");
    await expect(detail(page).getByRole("row", { name: /Prompt/ })).toContainText("differs");
    await expect(detail(page).getByRole("heading", { name: "Arguments" })).toBeVisible();
  });

  test("n and p go from difference to difference, j and k from step to step; the address keeps the step", async ({
    page,
    workspace,
  }) => {
    await open(page, workspace);
    const first = await selected(page).getAttribute("data-index");
    await page.keyboard.press("n");
    await expect.poll(() => stepOf(page)).not.toBeNull();
    await expect(selected(page)).not.toHaveAttribute("data-state", "same");
    expect(Number(await selected(page).getAttribute("data-index"))).toBeGreaterThan(Number(first));
    await page.keyboard.press("p");
    await expect(selected(page)).toHaveAttribute("data-index", first ?? "");
    await page.keyboard.press("k");
    await expect(selected(page)).toHaveAttribute("data-index", String(Number(first) - 1));
    await page.keyboard.press("j");
    await page.keyboard.press("n");
    const index = await selected(page).getAttribute("data-index");
    // The address follows the last key a moment later.
    const step = await selected(page).getAttribute("data-step");
    await expect.poll(() => stepOf(page)).toBe(step);
    await page.reload();
    await isOpen(page);
    await expect(selected(page)).toHaveAttribute("data-index", index ?? "");
    await list(page).focus();
    await page.keyboard.press("Home");
    await expect(selected(page)).toHaveAttribute("data-index", "0");
    await page.keyboard.press("ArrowDown");
    await expect(selected(page)).toHaveAttribute("data-index", "1");
  });

  test("s swaps the sides and d leaves only differences; both stand in the address", async ({ page, workspace }) => {
    await open(page, workspace);
    const all = Number(await selected(page).getAttribute("aria-setsize"));
    await page.keyboard.press("s");
    await expect(page.getByText("A is a replay of B.")).toBeVisible();
    await expect(page.getByRole("region", { name: "Totals" }).getByRole("row").nth(1)).toContainText("replay 1");
    await page.keyboard.press("d");
    await expect.poll(async () => Number(await selected(page).getAttribute("aria-setsize"))).toBeLessThan(all);
    await expect(page).toHaveURL(/swap=1/);
    await expect(page).toHaveURL(/only=differences/);
    await page.reload();
    await expect(page.getByText("A is a replay of B.")).toBeVisible();
    await expect(page.getByRole("checkbox", { name: "Only differences" })).toBeChecked();
  });

  test("a step leads to both traces, at that step", async ({ page, workspace }) => {
    await open(page, workspace);
    await page.getByRole("link", { name: "Open in trace A" }).click();
    await traceIsOpen(page);
    await expect(page).toHaveURL(new RegExp(`/ai/runs/${original.id}\\?span=`));
    await expect(page.locator("[role=row][aria-selected=true]")).toContainText("Decide on a refund");
  });

  test("a dry run in place of the original's call shows the verdict of both", async ({ page, workspace }) => {
    await open(page, workspace);
    await list(page).getByRole("option").filter({ hasText: "notify" }).click();
    const effect = detail(page).getByRole("row", { name: /Effect/ });
    await expect(effect).toContainText("live");
    await expect(effect).toContainText("dry run");
  });
});

test.describe("a run that does not exist", () => {
  test.use({ expectedErrors: [/404/] });
  test("is not found", async ({ page, workspace }) => {
    await page.goto(`${tracePath(workspace, original.id)}/compare/run_nowhere`);
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  });
});

test("the comparison passes axe", async ({ page, workspace }) => {
  await open(page, workspace);
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("n");
  await expectAccessibleInBothThemes(page);
});

test("390 px wide nothing scrolls sideways, and the step stands below the list", async ({ page, workspace }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page, workspace);
  await expectNoSidewaysScroll(page);
  await expect(detail(page)).toBeVisible();
});
