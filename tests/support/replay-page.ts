import type { Locator, Page } from "playwright/test";
import { expect, openTrace, toast } from "./browser.ts";
import type { SeededWorkspace } from "./seeded-workspace.ts";

export const dryRunBanner =
  "Mutating tool calls will dry-run. Set policies.replay.allowMutations: true per-node to opt in.";
export const liveBanner = "policies.replay.allowMutations: true: this replay WILL invoke mutating tool calls.";

export const dialogOf = (page: Page): Locator => page.getByRole("dialog", { name: "Replay run" });
export const submitOf = (page: Page): Locator => dialogOf(page).getByRole("button", { name: "Submit replay" });

/** Opens a finished run's trace and, by its key, the replay dialog. */
export async function openReplay(page: Page, workspace: SeededWorkspace, runId: string): Promise<Locator> {
  await openTrace(page, workspace, runId);
  await page.keyboard.press("r");
  await expect(dialogOf(page)).toBeVisible();
  return dialogOf(page);
}

/** Submits what the dialog holds and gives the new run's id from the success toast. */
export async function submitted(page: Page): Promise<string> {
  await submitOf(page).click();
  return newRunOf(page);
}

/** The id in the newest success toast; `not` = the id in the previous toast, which may still be there. */
export async function newRunOf(page: Page, not = ""): Promise<string> {
  const toasts = toast(page, "Replay submitted");
  const idOf = async () => /run_[0-9a-z]{26}/.exec((await toasts.first().textContent()) ?? "")?.[0] ?? "";
  await expect.poll(idOf).toMatch(/^run_/);
  if (not) await expect.poll(idOf).not.toBe(not);
  await expect(dialogOf(page)).toHaveCount(0);
  return idOf();
}

/** The alert in the dialog and the toast beside it, both with exactly this message; the dialog stays. */
export async function expectRefused(page: Page, message: string): Promise<void> {
  const failure = dialogOf(page).getByRole("alert").filter({ hasText: "Replay submission failed" });
  await expect(failure.locator("p").nth(0)).toHaveText("Replay submission failed");
  await expect(failure.locator("p").nth(1)).toHaveText(message);
  const raised = toast(page, "Replay submission failed").first();
  await expect(raised.locator("[data-title]")).toHaveText("Replay submission failed");
  await expect(raised.locator("[data-description]")).toHaveText(message);
  await expect(dialogOf(page)).toBeVisible();
}
