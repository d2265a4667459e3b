import type { Run } from "#/lib/contract/run.ts";
import {
  apiOf,
  baseUrl,
  expect,
  monitoringPath,
  openTrace,
  test,
  toast,
  traceIsOpen,
  tracePath,
} from "#/tests/support/browser.ts";
import { dialogOf, dryRunBanner, expectRefused, liveBanner, newRunOf, submitOf } from "#/tests/support/replay-page.ts";
import { faultNote, ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "replay" });

/** Only this file's main job uses order 1012 and this address: what arrives for them came from it. */
const customer = "grace.of.the.main.job@example.com";
async function arrived(): Promise<{ refunds: number; notifications: number }> {
  const ask = async (path: string) => (await fetch(`${process.env["REPRISE_E2E_ORDERS_URL"]}${path}`)).json();
  const { refunds } = (await ask("/refunds?orderId=1012")) as { refunds: unknown[] };
  const { notifications } = (await ask("/notifications")) as { notifications: { to: string }[] };
  return { refunds: refunds.length, notifications: notifications.filter(({ to }) => to === customer).length };
}

let refund: Run;
let digest: Run;
test.beforeAll(async () => {
  const api = apiOf("replay");
  const payload = ticketPayload("lost-camera", { email: customer, note: faultNote("delay=500") });
  [refund, digest] = await Promise.all([
    api.ran("support-refund", { version: 1, payload }),
    api.ran("order-digest", { payload: { to: "#replay-spec" } }),
  ]);
  expect([refund.status, digest.status]).toEqual(["completed", "completed"]);
});

test.describe("replaying a run", () => {
  test("from its row, as it was: a new run, watched live, that repeats no side effect", async ({
    page,
    workspace,
    api,
  }) => {
    const before = await arrived();
    // More than one only when the file's set-up ran again, after a test was retried.
    expect(Math.min(before.refunds, before.notifications)).toBeGreaterThanOrEqual(1);
    await page.goto(monitoringPath(workspace));
    await page.locator(`[data-run-id="${refund.id}"]`).getByRole("cell").nth(4).click();
    await expect(page).toHaveURL(`${baseUrl()}${tracePath(workspace, refund.id)}`);
    await traceIsOpen(page);
    await page.keyboard.press("r");
    const dialog = dialogOf(page);
    await expect(dialog).toHaveAccessibleDescription("Re-execute this run. Pick a replay mode below.");
    await expect(dialog.getByText(dryRunBanner)).toHaveText(dryRunBanner);
    await expect(dialog.getByRole("radio")).toHaveCount(3);
    await expect(dialog.getByRole("radio", { name: "Replay as-is" })).toBeChecked();
    await expect(dialog.getByRole("textbox")).toHaveCount(0);
    await expect(dialog.getByText("Will dry-run", { exact: true })).toBeVisible();
    await submitOf(page).click();
    await expect(dialog).toHaveCount(0);
    const accepted = toast(page, "Replay submitted");
    await expect(accepted).toContainText(/New run: run_[0-9a-z]{26}/);
    const newRunId = /run_[0-9a-z]{26}/.exec((await accepted.textContent()) ?? "")?.[0] ?? "";
    expect(newRunId).not.toBe(refund.id);
    // Held until it is on screen, however slow the machine.
    expect((await api.call("POST", `/runs/${newRunId}/pause`)).status).toBe(200);
    await accepted.getByRole("link", { name: "Open run" }).click();
    await expect(page).toHaveURL(`${baseUrl()}${tracePath(workspace, newRunId)}`);
    const viewer = page.locator("[data-run-status]");
    await expect(viewer).toHaveAttribute("data-run-status", "paused");
    await api.call("POST", `/runs/${newRunId}/resume`);
    await expect(viewer).toHaveAttribute("data-run-status", "completed", { timeout: 20_000 });
    await expect(page.getByTestId("effects-summary")).toContainText("2dry run · recorded");
    await expect(page.locator("header", { hasText: "Triggered by" })).toContainText(/Triggered by Page · operator /);
    await expect(page.locator(`header a[href="${tracePath(workspace, refund.id)}"]`)).toBeVisible();
    expect(await arrived()).toEqual(before);
    const replayed = await api.reached(newRunId);
    expect(replayed).toMatchObject({ replayOf: refund.id, depth: 1, mode: "as_is", version: refund.version });
    expect(replayed.payload).toEqual(refund.payload);
    expect((await api.call("GET", `/runs/${refund.id}`)).body).toEqual(refund);
  });

  test("`r` types a letter while the search field has the focus", async ({ page, workspace }) => {
    await openTrace(page, workspace, refund.id);
    await page.keyboard.press("/");
    await page.keyboard.type("refund r");
    await expect(page.getByRole("searchbox", { name: "Search spans" })).toHaveValue("refund r");
    await expect(dialogOf(page)).toHaveCount(0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+r");
    await traceIsOpen(page);
    await expect(dialogOf(page)).toHaveCount(0);
    await page.keyboard.press("r");
    await expect(dialogOf(page)).toBeVisible();
  });

  test("Submit is disabled until both fields of a mode are filled", async ({ page, workspace }) => {
    await openTrace(page, workspace, refund.id);
    await page.getByRole("button", { name: "Replay" }).click();
    const dialog = dialogOf(page);
    const checks = dialog.getByRole("region", { name: "Before you submit" });
    await expect(submitOf(page)).toBeEnabled();
    await expect(checks).toContainText("Ready to replay");
    for (const [mode, first, second, choose, enter] of [
      ["Replay with new prompt", "Prompt artifact id", "Content hash", "Choose a prompt revision.", "content hash"],
      ["Replay with new model", "Model id", "Model ref", "Choose a model.", "model ref"],
    ] as const) {
      await dialog.getByRole("radio", { name: mode }).click();
      await expect(submitOf(page)).toBeDisabled();
      await expect(checks).toContainText(choose);
      await expect(checks).not.toContainText("Ready to replay");
      await dialog.getByLabel(first).fill("x");
      await expect(submitOf(page)).toBeDisabled();
      await expect(checks).toContainText(`Enter the ${enter}.`);
      await dialog.getByLabel(second).fill("   ");
      await expect(submitOf(page)).toBeDisabled();
      await dialog.getByLabel(second).fill("y");
      await expect(submitOf(page)).toBeEnabled();
      await dialog.getByLabel(first).fill("");
      await expect(submitOf(page)).toBeDisabled();
    }
    await dialog.getByRole("radio", { name: "Replay as-is" }).click();
    await expect(submitOf(page)).toBeEnabled();
  });

  test("with another prompt and another model, the new run says which", async ({ page, workspace, api }) => {
    const { id, hashes } = workspace.prompts["decide"] ?? { id: "", hashes: [] };
    await openTrace(page, workspace, refund.id);
    await page.keyboard.press("r");
    const dialog = dialogOf(page);
    await dialog.getByRole("radio", { name: "Replay with new prompt" }).click();
    await dialog.getByLabel("Prompt artifact id").fill(id);
    await dialog.getByLabel("Content hash").fill(hashes[2] ?? "");
    await submitOf(page).click();
    const first = await newRunOf(page);
    await page.keyboard.press("r");
    await dialog.getByRole("radio", { name: "Replay with new model" }).click();
    await dialog.getByLabel("Model id").fill("claude-haiku-4-5");
    await dialog.getByLabel("Model ref").fill("anthropic:claude-haiku-4-5");
    await submitOf(page).click();
    const second = await newRunOf(page, first);
    const [prompted, remodelled] = await Promise.all([api.reached(first), api.reached(second)]);
    expect(prompted).toMatchObject({ mode: "prompt", status: "completed" });
    expect(prompted.prompts).toContainEqual({ artifactId: id, contentHash: hashes[2] });
    expect(remodelled).toMatchObject({ mode: "model", models: ["anthropic:claude-haiku-4-5"] });
  });

  test("works by keyboard alone: arrows choose the mode, Tab reaches the fields, Ctrl+Enter submits, Escape closes", async ({
    page,
    workspace,
  }) => {
    await openTrace(page, workspace, refund.id);
    await page.keyboard.press("r");
    const dialog = dialogOf(page);
    await expect(dialog).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await page.keyboard.press("r");
    const asIs = dialog.getByRole("radio", { name: "Replay as-is" });
    for (let n = 0; n < 4 && !(await asIs.evaluate((element) => element === document.activeElement)); n += 1)
      await page.keyboard.press("Tab");
    await expect(asIs).toBeFocused();
    for (const mode of ["Replay with new prompt", "Replay with new model"]) {
      await page.keyboard.press("ArrowDown");
      await expect(dialog.getByRole("radio", { name: mode })).toBeFocused();
      await expect(dialog.getByRole("radio", { name: mode })).toBeChecked();
    }
    await page.keyboard.press("Enter");
    await expect(dialog).toBeVisible();
    await page.keyboard.press("Tab");
    await expect(dialog.getByLabel("Model id")).toBeFocused();
    await page.keyboard.type("claude-haiku-4-5");
    await page.keyboard.press("Control+Enter");
    await expect(dialog).toBeVisible();
    await page.keyboard.press("Tab");
    await page.keyboard.type("anthropic:claude-haiku-4-5");
    await page.keyboard.press("Control+Enter");
    await expect(toast(page, "Replay submitted")).toBeVisible();
    await expect(dialog).toHaveCount(0);
  });

  test("says in red that mutating calls will be made when a node opts in", async ({ page, workspace }) => {
    await openTrace(page, workspace, digest.id);
    await page.keyboard.press("r");
    const banner = dialogOf(page).getByRole("alert").filter({ hasText: liveBanner });
    await expect(banner).toHaveText(liveBanner);
    await expect(banner).toHaveAttribute("data-kind", "danger");
    await expect(dialogOf(page).getByText(dryRunBanner)).toHaveCount(0);
    await expect(dialogOf(page).getByText("Will be made for real")).toBeVisible();
  });
});

test.describe("a refused replay", () => {
  test("for a wrong hash, and another try succeeds", async ({ page, workspace }) => {
    const { id, hashes } = workspace.prompts["decide"] ?? { id: "", hashes: [] };
    await openTrace(page, workspace, refund.id);
    await page.keyboard.press("r");
    await dialogOf(page).getByRole("radio", { name: "Replay with new prompt" }).click();
    await dialogOf(page).getByLabel("Prompt artifact id").fill(id);
    await dialogOf(page).getByLabel("Content hash").fill("sha256:nonsense");
    await submitOf(page).click();
    await expectRefused(page, "The content hash must be sha256: and 64 lowercase hexadecimal digits.");
    await dialogOf(page)
      .getByLabel("Content hash")
      .fill(hashes[1] ?? "");
    await expect(dialogOf(page).getByText("Replay submission failed")).toHaveCount(0);
    await expect(toast(page, "Replay submission failed")).toHaveCount(0);
    await submitOf(page).click();
    await expect(toast(page, "Replay submitted")).toBeVisible();
  });

  test("of a run in flight is not offered, until the run has ended", async ({ page, workspace, api }) => {
    const payload = ticketPayload("late-mugs", { note: faultNote("stall") });
    const id = await api.trigger("support-refund", { version: 1, payload });
    await openTrace(page, workspace, id);
    const button = page.getByRole("button", { name: "Replay" });
    await expect(button).toHaveAttribute("aria-disabled", "true");
    await expect(button).toHaveAccessibleDescription("Cannot replay an in-flight run");
    await page.keyboard.press("r");
    await expect(dialogOf(page)).toHaveCount(0);
    const refused = await api.call("POST", `/runs/${id}/replay`);
    expect([refused.status, refused.body.detail]).toEqual([409, "Cannot replay an in-flight run"]);
    await api.call("POST", `/runs/${id}/cancel`);
    await expect(button).not.toHaveAttribute("aria-disabled", "true", { timeout: 10_000 });
    await page.keyboard.press("r");
    await expect(dialogOf(page)).toBeVisible();
  });
});
