import type { Locator, Page } from "playwright/test";
import type { JsonObject } from "#/lib/contract/json.ts";
import type { Run } from "#/lib/contract/run.ts";
import { apiOf, expect, openTrace, test } from "#/tests/support/browser.ts";
import { dialogOf, dryRunBanner, liveBanner, openReplay, submitted } from "#/tests/support/replay-page.ts";
import type { HttpApi } from "#/tests/support/http-api.ts";
import type { SeededWorkspace } from "#/tests/support/seeded-workspace.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

/** The demo's ticket of the late chair, replayed in each way. No other test uses its order. */
const orderId = "1007";
test.use({ workspaceName: "demo" });

async function refundsBooked(): Promise<number> {
  const answer = await fetch(`${process.env["REPRISE_E2E_ORDERS_URL"]}/refunds?orderId=${orderId}`);
  return ((await answer.json()) as { refunds: unknown[] }).refunds.length;
}

let original: Run;
test.beforeAll(async () => {
  original = await apiOf("demo").ran("support-refund", { version: 1, payload: ticketPayload("office-chair") });
  expect(original).toMatchObject({ status: "completed", effects: { live: 2 } });
  expect(await refundsBooked()).toBeGreaterThanOrEqual(1);
});

const steps = (page: Page) => page.getByRole("listbox", { name: "Steps of both runs" });
const step = (page: Page, name: string): Locator => steps(page).getByRole("option").filter({ hasText: name }).first();
const detail = (page: Page) => page.getByRole("region", { name: "Selected step" });
const fact = (page: Page, name: string) => detail(page).getByRole("row", { name: new RegExp(`^${name}`) });
const firstDivergence = (page: Page) => steps(page).locator("[data-first-divergence]");

/** Waits for the replay's end and opens it beside its original, as `c` does in its trace. */
async function comparedWithOriginal(page: Page, workspace: SeededWorkspace, api: HttpApi, id: string): Promise<Run> {
  const run = await api.reached(id);
  expect(run).toMatchObject({ status: "completed", replayOf: original.id });
  await openTrace(page, workspace, id);
  await page.keyboard.press("c");
  await expect(page).toHaveURL(new RegExp(`${id}/compare/${original.id}`));
  await expect(steps(page)).toHaveAttribute("aria-busy", "false");
  return run;
}

test.describe("the demo's ticket, replayed", () => {
  test("with a cheaper model: compare shows the models and what was saved; no money moves", async ({
    page,
    workspace,
    api,
  }) => {
    const before = await refundsBooked();
    const dialog = await openReplay(page, workspace, original.id);
    await expect(dialog.getByText(dryRunBanner)).toBeVisible();
    await dialog.getByRole("radio", { name: "Replay with new model" }).click();
    await dialog.getByLabel("Model id").fill("claude-haiku-4-5");
    await dialog.getByLabel("Model ref").fill("anthropic:claude-haiku-4-5");
    const run = await comparedWithOriginal(page, workspace, api, await submitted(page));
    expect(run).toMatchObject({ mode: "model", models: ["anthropic:claude-haiku-4-5"], effects: { live: 0 } });
    await expect(firstDivergence(page)).toContainText("decide");
    await expect(fact(page, "Model")).toContainText("anthropic:claude-opus-4-7");
    await expect(fact(page, "Model")).toContainText("anthropic:claude-haiku-4-5");
    await expect(fact(page, "Model")).toContainText("differs");
    await expect(fact(page, "Prompt")).toContainText("same");
    await expect(page.locator("tr[data-side=delta]")).toContainText("−$");
    await step(page, "classify").click();
    await expect(detail(page)).toContainText("Nothing differs.");
    expect(await refundsBooked()).toBe(before);
  });

  test("with prompt revision 3: compare shows the prompt and the other refund it asks for; no money moves", async ({
    page,
    workspace,
    api,
  }) => {
    const before = await refundsBooked();
    const { id, hashes } = workspace.prompts["decide"] ?? { id: "", hashes: [] };
    const dialog = await openReplay(page, workspace, original.id);
    await dialog.getByRole("radio", { name: "Replay with new prompt" }).click();
    await dialog.getByLabel("Prompt artifact id").fill(id);
    await dialog.getByLabel("Content hash").fill(hashes[2] ?? "");
    const run = await comparedWithOriginal(page, workspace, api, await submitted(page));
    expect(run).toMatchObject({ mode: "prompt", effects: { live: 0, neverMadeByOriginal: 0 } });
    expect(run.prompts).toContainEqual({ artifactId: id, contentHash: hashes[2] });
    expect(run.differingCalls).toContainEqual(
      expect.objectContaining({ nodeId: "decide", name: "refund_order", differs: "other_arguments" }),
    );
    await expect(
      page.getByText(/^B attempted \d mutating calls? with arguments that differ from its original\.$/),
    ).toBeVisible();
    await expect(firstDivergence(page)).toContainText("decide");
    await expect(fact(page, "Prompt")).toContainText("differs");
    await expect(fact(page, "Model")).toContainText("same");
    await step(page, "refund_order").click();
    await expect(fact(page, "Effect")).toContainText("dry run · simulated");
    await expect(detail(page)).toContainText("amountCents");
    await openTrace(page, workspace, run.id);
    const wanted = page
      .getByTestId("effects-summary")
      .getByRole("button", { name: /refund_order/ })
      .last();
    await wanted.click();
    await expect(page.locator("[role=row][aria-selected=true]")).toContainText("refund_order");
    expect(await refundsBooked()).toBe(before);
  });

  test("from `decide`: the steps before it are reused, the refund is answered from the record", async ({
    page,
    workspace,
    api,
  }) => {
    const before = await refundsBooked();
    await openTrace(page, workspace, original.id);
    await page.getByRole("row").filter({ hasText: "Decide on a refund" }).click();
    await page.getByRole("button", { name: "Actions for this span" }).click();
    await page.getByRole("menuitem", { name: /Replay from here/ }).click();
    await expect(dialogOf(page).getByLabel("From step")).toHaveValue("decide");
    const run = await comparedWithOriginal(page, workspace, api, await submitted(page));
    expect(run).toMatchObject({ fromNodeId: "decide", attempt: 2, effects: { live: 0, dryRunRecorded: 2 } });
    expect(run.output).toEqual(original.output);
    for (const [name, was, is] of [
      ["lookup_order", "read-only", "reused"],
      ["refund_order", "live", "dry run · recorded"],
      ["notify", "live", "dry run · recorded"],
    ] as const) {
      await step(page, name).click();
      await expect(fact(page, "Effect").getByRole("cell").nth(0)).toContainText(was);
      await expect(fact(page, "Effect").getByRole("cell").nth(1)).toContainText(is);
    }
    expect(await refundsBooked()).toBe(before);
  });

  test("on version 2 through a mapping: renamed steps stand beside each other, the new one alone", async ({
    page,
    workspace,
    api,
  }) => {
    const before = await refundsBooked();
    const dialog = await openReplay(page, workspace, original.id);
    await dialog.getByLabel("Target version").selectOption({ label: "Version 2" });
    const resolve = dialog.getByRole("button", { name: /^(Resolve|Change) mapping$/ });
    await resolve.click();
    const mapping = page.getByRole("dialog", { name: "Map renamed nodes." });
    await mapping.getByLabel("Target for lookup_order").selectOption("fetch_order");
    await mapping.getByLabel("Target for notify").selectOption("notify_customer");
    await mapping.getByRole("button", { name: "Save mapping" }).click();
    await expect(mapping).toHaveCount(0);
    const run = await comparedWithOriginal(page, workspace, api, await submitted(page));
    expect(run).toMatchObject({ version: 2, effects: { live: 0 } });
    await step(page, "fetch_order").click();
    await expect(detail(page).getByRole("heading", { level: 2 })).toHaveText("lookup_order → fetch_order");
    await expect(detail(page)).toContainText("Matched by the node mapping.");
    await expect(step(page, "case_file")).toHaveAttribute("data-state", "onlyB");
    await step(page, "notify_customer").click();
    await expect(fact(page, "Effect").getByRole("cell").nth(1)).toContainText("dry run");
    await step(page, "draft_reply").click();
    await expect(fact(page, "Model")).toContainText("openai:gpt-5.4-mini");
    expect(await refundsBooked()).toBe(before);
  });

  test("on a version whose node opts in: exactly one more refund, by that node alone", async ({
    page,
    workspace,
    api,
  }) => {
    const version = await versionThatOptsIn(api);
    const before = await refundsBooked();
    const dialog = await openReplay(page, workspace, original.id);
    await expect(dialog.getByText(dryRunBanner)).toBeVisible();
    await dialog.getByLabel("Target version").selectOption({ label: `Version ${version}` });
    const banner = dialog.getByRole("alert").filter({ hasText: liveBanner });
    await expect(banner).toHaveText(liveBanner);
    const live = dialog.getByRole("region", { name: "Mutating calls that will be made" });
    await expect(live.getByRole("listitem")).toHaveCount(1);
    await expect(live).toContainText("decide · refund_order");
    await expect(dialog.getByRole("list", { name: "Tool hosts" })).toContainText(
      new URL(process.env["REPRISE_E2E_ORDERS_URL"] ?? "").host,
    );
    const run = await comparedWithOriginal(page, workspace, api, await submitted(page));
    expect(run).toMatchObject({ version, effects: { live: 1 } });
    // The notification stays dry: from the record if it tells the same booking number, simulated if it tells the new one.
    const { dryRunRecorded, dryRunSimulated } = run.effects ?? {};
    expect((dryRunRecorded ?? 0) + (dryRunSimulated ?? 0)).toBe(1);
    expect(await refundsBooked()).toBe(before + 1);
    await openTrace(page, workspace, run.id);
    await expect(page.getByTestId("effects-summary")).toContainText("1liverefund_order");
    const again = await openReplay(page, workspace, run.id);
    await expect(again.getByRole("alert").filter({ hasText: liveBanner })).toBeVisible();
    await page.keyboard.press("Escape");
    expect(await refundsBooked()).toBe(before + 1);
  });
});

/** Version 1 with `policies.replay.allowMutations: true` on the node that refunds, pushed as the next version. */
async function versionThatOptsIn(api: HttpApi): Promise<number> {
  const { body } = await api.call("GET", "/workflows/support-refund/versions/1");
  const definition = body.definition as { nodes: JsonObject[] };
  const nodes = definition.nodes.map((node) =>
    node["id"] === "decide" ? { ...node, policies: { replay: { allowMutations: true } } } : node,
  );
  const pushed = await api.call("POST", "/workflows/support-refund/versions", {
    body: { definition: { ...definition, nodes } },
  });
  expect([200, 201]).toContain(pushed.status);
  return pushed.body.version as number;
}
