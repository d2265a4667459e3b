import type { Page } from "playwright/test";
import {
  expect,
  expectAccessibleInBothThemes,
  expectNoSidewaysScroll,
  openTrace,
  test,
  toast,
} from "#/tests/support/browser.ts";
import { dialogOf, submitted } from "#/tests/support/replay-page.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "editor", role: "admin" });

const editorOf = (page: Page) => page.getByRole("textbox", { name: "Definition as YAML or JSON" });
const problemsOf = (page: Page) => page.getByRole("region", { name: "Problems" });
const wrong = "/orders/{{ trigger.orderId }}";
const right = "/orders/{{ trigger.orderId.replace('#', '') }}";

/** Puts the cursor behind a text that stands once in the editor, found as a person finds it. */
async function goBehind(page: Page, text: string): Promise<void> {
  await editorOf(page).press("ControlOrMeta+f");
  const find = page.getByRole("textbox", { name: "Find" });
  await find.pressSequentially(text);
  await find.press("Enter");
  await find.press("Escape");
  await page.keyboard.press("ArrowRight");
}

test("a failed step is corrected, pushed and replayed from there, in one sitting", async ({ page, workspace, api }) => {
  const run = await api.ran("support-refund", { version: 1, payload: ticketPayload("form-broken-pan") });
  expect([run.status, run.error?.nodeId]).toEqual(["failed", "lookup_order"]);
  await openTrace(page, workspace, run.id);
  await page.getByRole("link", { name: "Correct it" }).first().click();

  // The editor stands on the version that ran, at the step that failed.
  await expect(page.getByText("Correct lookup_order", { exact: true })).toBeVisible();
  await expect(page.getByText("Starts from version 1; the latest is version 2.")).toBeVisible();
  await expect(editorOf(page)).toBeFocused();
  await expect(problemsOf(page).getByText("No problems")).toBeVisible();
  await expectAccessibleInBothThemes(page);

  // Escape, then Tab leaves the editor, also where the Escape took back a selection.
  for (const [before, leave] of [
    ["Home", "Tab"],
    ["Shift+ArrowRight", "Tab"],
    ["Shift+ArrowRight", "Shift+Tab"],
  ] as const) {
    for (const key of [before, "Escape", leave]) await page.keyboard.press(key);
    await expect(editorOf(page)).not.toBeFocused();
    await editorOf(page).focus();
  }

  // A fault stands where it is, and keeps the push away.
  await goBehind(page, "timeoutMs: 10000");
  await page.keyboard.type("\nmutat");
  await page.getByRole("option", { name: /^mutating/ }).click();
  await page.keyboard.type("false");
  const fault = problemsOf(page).getByRole("button", { name: /expected true/ });
  await expect(fault).toContainText("nodes[1].mutating");
  await expect(page.getByRole("button", { name: "Review and push" })).toHaveAttribute("aria-disabled", "true");
  await page.keyboard.press("ControlOrMeta+s");
  await expect(toast(page, "Not ready to push")).toContainText("Fix the problem first.");
  await expectAccessibleInBothThemes(page);
  await fault.click();
  await expect(editorOf(page)).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("Shift+End");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");

  // The correction itself; the draft outlives a reload.
  await goBehind(page, wrong);
  for (let left = " }}".length; left > 0; left -= 1) await page.keyboard.press("ArrowLeft");
  await page.keyboard.type(".replace('#', '");
  await expect(editorOf(page)).toContainText(right);
  await page.reload();
  await expect(page.getByText("Your draft is restored.")).toBeVisible();
  await expect(editorOf(page)).toContainText(right);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(problemsOf(page).getByText("No problems")).toBeVisible();

  // The difference to the latest version; while it is looked at, somebody pushes another one.
  await page.keyboard.press("ControlOrMeta+s");
  const dialog = page.getByRole("dialog", { name: "Push as a new version" });
  await expect(dialog.getByRole("region", { name: "Version 2 to this one" })).toContainText(right);
  await expectAccessibleInBothThemes(page);
  const meanwhile = { name: "meanwhile", nodes: [{ id: "a", type: "transform", value: 1 }] };
  await api.call("POST", "/workflows/support-refund/versions", { body: { definition: meanwhile } });
  await dialog.getByRole("button", { name: "Push version" }).click();
  await expect(dialog.getByText("Meanwhile the latest version became 3.")).toBeVisible();
  await expect(dialog.getByRole("region", { name: "Version 3 to this one" })).toBeVisible();
  await dialog.getByRole("button", { name: "Push version" }).click();

  // The replay stands ready on the new version, from the step that failed.
  await expect(dialogOf(page)).toBeVisible();
  await expect(toast(page, "Version 4 pushed")).toBeVisible();
  await expect(dialogOf(page).getByLabel("Target version")).toHaveValue("4");
  await expect(dialogOf(page).getByLabel("From step")).toHaveValue("lookup_order");
  const replay = await api.reached(await submitted(page));
  expect([replay.status, replay.version, replay.fromNodeId]).toEqual(["completed", 4, "lookup_order"]);

  // The same content makes no version; a push elsewhere is no draft of this one.
  await page.goto(`/${workspace.slug}/workflows/support-refund/edit?version=4`);
  await expect(problemsOf(page).getByText("Version 4 has this content.")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+s");
  await page.getByRole("button", { name: "Open version 4" }).click();
  await expect(page).toHaveURL(/workflows\/support-refund\?version=4$/);
});

test("a model suggests a fix, a person accepts it, and the replay from the failed step completes", async ({
  page,
  workspace,
  api,
}) => {
  const run = await api.ran("support-refund", { version: 1, payload: ticketPayload("form-late-chair") });
  await openTrace(page, workspace, run.id);
  await page.getByRole("button", { name: "Suggest a fix" }).first().click();
  const dialog = page.getByRole("dialog", { name: "Suggest a fix" });
  await expect(dialog.getByLabel("Model")).toBeVisible();
  await expectAccessibleInBothThemes(page);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(dialog.getByRole("region", { name: "The suggested change" })).toContainText(right);
  await expect(dialog.getByRole("link", { name: "Open the call" })).toBeVisible();
  await expectAccessibleInBothThemes(page);

  // It can be edited first; the address brings the suggestion back.
  const made = /run_\w+/.exec((await dialog.getByRole("link", { name: "Open the call" }).getAttribute("href")) ?? "");
  await dialog.getByRole("button", { name: "Edit first" }).click();
  await expect(editorOf(page)).toContainText(right);
  await page.goto(`/${workspace.slug}/ai/runs/${run.id}?fix=${made?.[0]}`);
  await dialog.getByRole("button", { name: "Accept and replay" }).click();
  await expect(dialogOf(page).getByLabel("From step")).toHaveValue("lookup_order");
  const replay = await api.reached(await submitted(page));
  expect([replay.status, replay.fromNodeId]).toEqual(["completed", "lookup_order"]);
});

test("whoever may not push sees why, on the run and in the editor's place", async ({ elsewhere, workspace, api }) => {
  const page = await elsewhere("operator");
  const run = await api.ran("support-refund", { version: 1, payload: ticketPayload("form-late-mugs") });
  await openTrace(page, workspace, run.id);
  const button = page.getByRole("button", { name: "Correct it" }).first();
  await expect(button).toHaveAttribute("aria-disabled", "true");
  // They may ask, and not accept.
  await page.getByRole("button", { name: "Suggest a fix" }).first().click();
  await page.getByRole("button", { name: "Ask the model" }).click();
  await expect(page.getByRole("button", { name: "Accept and replay" })).toHaveAttribute("aria-disabled", "true");
  await page.goto(`/${workspace.slug}/workflows/support-refund/edit`);
  await expect(page.getByText("Your role has no access to this page")).toBeVisible();
});
