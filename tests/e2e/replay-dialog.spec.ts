import type { Page } from "playwright/test";
import type { Run } from "#/lib/contract/run.ts";
import {
  apiOf,
  expect,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectNoSidewaysScroll,
  openTrace,
  test,
  toast,
  workspaceOf,
} from "#/tests/support/browser.ts";
import { dialogOf, newRunOf, openReplay, submitOf, submitted } from "#/tests/support/replay-page.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "dialog" });

let refund: Run;
/** Two models that are told the same prompt. */
let twice: Run;
test.beforeAll(async () => {
  const api = apiOf("dialog");
  const decide = workspaceOf("dialog").prompts["classify"];
  const node = (id: string) => ({
    ...{ id, type: "model", model: "anthropic:claude-haiku-4-5", input: {} },
    prompt: { artifact: decide?.id, hash: decide?.hashes[0] },
  });
  await api.call("POST", "/workflows", {
    body: { slug: "twice", definition: { name: "twice", nodes: [node("first"), node("second")] } },
  });
  [refund, twice] = await Promise.all([
    api.ran("support-refund", { version: 1, payload: ticketPayload("rude-driver") }),
    api.ran("twice"),
  ]);
  expect([refund.status, twice.status]).toEqual(["completed", "completed"]);
});

const promptPicker = (page: Page) => page.getByRole("dialog", { name: "Pick a prompt revision" });
const modelPicker = (page: Page) => page.getByRole("dialog", { name: "Pick a model" });
type StepRow = { nodeId: string; modelRef: string | null; promptHash: string | null };

test.describe("the pickers", () => {
  test("artifact, then revision, with what it changes in the text that ran; both fields are filled", async ({
    page,
    workspace,
    api,
  }) => {
    const { id, hashes } = workspace.prompts["decide"] ?? { id: "", hashes: [] };
    const dialog = await openReplay(page, workspace, refund.id);
    await dialog.getByRole("radio", { name: "Replay with new prompt" }).click();
    await dialog.getByRole("button", { name: "Pick a revision" }).click();
    const picker = promptPicker(page);
    await picker.getByLabel("Artifact").selectOption({ label: "decide (used by this run)" });
    await expect(picker.getByRole("radio", { name: "Revision 1 (ran)" })).toBeVisible();
    await picker.getByRole("radio", { name: "Revision 3" }).click();
    const difference = picker.getByRole("region", { name: "From revision 1, which ran, to revision 3" });
    await expect(difference).toContainText("You are a generous and friendly support agent");
    await expect(difference).toContainText("Margins are thin this quarter, so be strict.");
    await expectAccessible(page);
    await picker.getByRole("button", { name: "Use this revision" }).click();
    await expect(picker).toHaveCount(0);
    await expect(dialog.getByLabel("Prompt artifact id")).toHaveValue(id);
    await expect(dialog.getByLabel("Content hash")).toHaveValue(hashes[2] ?? "");
    const run = await api.reached(await submitted(page));
    expect(run.prompts).toContainEqual({ artifactId: id, contentHash: hashes[2] });
  });

  test("an artifact that the run did not use has nothing to be compared with", async ({ page, workspace }) => {
    const dialog = await openReplay(page, workspace, refund.id);
    await dialog.getByRole("radio", { name: "Replay with new prompt" }).click();
    await dialog.getByRole("button", { name: "Pick a revision" }).click();
    await promptPicker(page).getByLabel("Artifact").selectOption({ label: "digest" });
    await expect(promptPicker(page)).toContainText(
      "This run did not use this artifact, so there is nothing to compare with.",
    );
  });

  test("a model that may not be called says why and cannot be picked; one that may fills both fields", async ({
    page,
    workspace,
    api,
  }) => {
    const retired = encodeURIComponent("anthropic:claude-sonnet-5");
    expect((await api.call("PATCH", `/models/${retired}`, { body: { retired: true } })).status).toBe(200);
    await api.call("PUT", "/policies", { body: { allowedProviders: ["anthropic"] } });
    try {
      const dialog = await openReplay(page, workspace, refund.id);
      await dialog.getByRole("radio", { name: "Replay with new model" }).click();
      await dialog.getByRole("button", { name: "Pick a model" }).click();
      const model = (ref: string) =>
        modelPicker(page)
          .getByRole("button")
          .filter({ has: page.getByText(ref, { exact: true }) });
      for (const [ref, reason] of [
        ["anthropic:claude-sonnet-5", "It is retired."],
        ["openai:gpt-5.4-mini", "Its provider is not in the workspace's allowed providers."],
      ] as const) {
        await expect(model(ref)).toHaveAttribute("aria-disabled", "true");
        await expect(model(ref)).toContainText(reason);
        await model(ref).click({ force: true });
        await expect(modelPicker(page)).toBeVisible();
      }
      await expect(model("anthropic:claude-opus-4-7")).toContainText("used by this run");
      await expectAccessible(page);
      await modelPicker(page).getByRole("searchbox", { name: "Filter models" }).fill("haiku-4-5");
      await model("anthropic:claude-haiku-4-5").click();
      await expect(modelPicker(page)).toHaveCount(0);
      await expect(dialog.getByLabel("Model id")).toHaveValue("claude-haiku-4-5");
      await expect(dialog.getByLabel("Model ref")).toHaveValue("anthropic:claude-haiku-4-5");
    } finally {
      await api.call("PUT", "/policies", { body: {} });
      await api.call("PATCH", `/models/${retired}`, { body: { retired: false } });
    }
  });
});

test.describe("an override narrowed to nodes", () => {
  test("in model mode changes these only, and one node at least is needed", async ({ page, workspace, api }) => {
    const dialog = await openReplay(page, workspace, refund.id);
    await dialog.getByRole("radio", { name: "Replay with new model" }).click();
    await dialog.getByLabel("Model id").fill("claude-haiku-4-5");
    await dialog.getByLabel("Model ref").fill("anthropic:claude-haiku-4-5");
    await dialog.getByRole("button", { name: "Options" }).click();
    const nodes = dialog.getByRole("group", { name: "Nodes that get the new model" });
    await expect(nodes.getByRole("checkbox")).toHaveCount(3);
    for (const id of ["classify", "decide", "draft_reply"]) await nodes.getByRole("checkbox", { name: id }).click();
    await expect(nodes).toContainText("Select at least one node.");
    await expect(submitOf(page)).toBeDisabled();
    await nodes.getByRole("checkbox", { name: "decide" }).click();
    await dialog.getByRole("button", { name: "Options" }).click();
    await expect(dialog.getByRole("button", { name: "Options" })).toContainText("only decide");
    const run = await api.reached(await submitted(page));
    expect(run.status).toBe("completed");
    const { data } = (await api.call("GET", `/runs/${run.id}/steps`)).body as { data: StepRow[] };
    const models = Object.fromEntries(data.map((step) => [step.nodeId, step.modelRef]));
    expect(models).toMatchObject({
      decide: "anthropic:claude-haiku-4-5",
      draft_reply: "anthropic:claude-sonnet-5",
    });
  });

  test("in prompt mode changes these only", async ({ page, workspace, api }) => {
    const classify = workspace.prompts["classify"];
    const added = await api.call("POST", `/prompts/${classify?.id}/revisions`, {
      body: { text: "Say something else." },
    });
    const contentHash = added.body.contentHash as string;
    const dialog = await openReplay(page, workspace, twice.id);
    await dialog.getByRole("radio", { name: "Replay with new prompt" }).click();
    await dialog.getByLabel("Prompt artifact id").fill(classify?.id ?? "");
    await dialog.getByLabel("Content hash").fill(contentHash);
    await dialog.getByRole("button", { name: "Options" }).click();
    const nodes = dialog.getByRole("group", { name: "Nodes that get the new prompt" });
    await expect(nodes.getByRole("checkbox")).toHaveCount(2);
    await nodes.getByRole("checkbox", { name: "first" }).click();
    const run = await api.reached(await submitted(page));
    const { data } = (await api.call("GET", `/runs/${run.id}/steps`)).body as { data: StepRow[] };
    expect(Object.fromEntries(data.map((step) => [step.nodeId, step.promptHash]))).toEqual({
      first: classify?.hashes[0],
      second: contentHash,
    });
  });
});

test("another payload: what does not fit the input is told with its path, what fits is computed with", async ({
  page,
  workspace,
  api,
}) => {
  const dialog = await openReplay(page, workspace, refund.id);
  await dialog.getByRole("button", { name: "Options" }).click();
  await dialog.getByRole("button", { name: "Edit the payload" }).click();
  const editor = dialog.getByLabel("Trigger payload");
  expect(JSON.parse(await editor.inputValue())).toEqual(refund.payload);
  await editor.fill('{ "ticketId": ');
  await expect(dialog.getByText(/^Not valid JSON: /)).toBeVisible();
  await expect(submitOf(page)).toBeDisabled();
  const payload = refund.payload as { ticketId: string; ticket: Record<string, unknown> };
  await editor.fill(JSON.stringify({ ...payload, ticketId: 7 }));
  const errors = dialog.getByRole("list", { name: "Errors of the payload" });
  await expect(errors.getByRole("listitem")).toHaveCount(1);
  await expect(errors).toContainText("payload.ticketId");
  await expect(errors).toContainText("string");
  await expect(dialog.locator("[data-code=payload_invalid][data-level=block]")).toBeVisible();
  await expectAccessible(page);
  const changed = { ...payload, ticketId: "T-9999" };
  await editor.fill(JSON.stringify(changed));
  await expect(errors).toHaveCount(0);
  await expect(submitOf(page)).toBeEnabled();
  const run = await api.reached(await submitted(page));
  expect([run.status, run.payload]).toEqual(["completed", changed]);
  expect((await api.call("GET", `/runs/${refund.id}`)).body.payload).toEqual(refund.payload);
});

test("the tool hosts are those of the chosen environment", async ({ page, workspace, api }) => {
  await api.call("PUT", "/environments/staging/variables", {
    body: { variables: { ORDERS_URL: "https://orders.staging.example:8443/api" } },
  });
  const dialog = await openReplay(page, workspace, refund.id);
  const hosts = dialog.getByRole("list", { name: "Tool hosts" });
  const production = new URL(process.env["REPRISE_E2E_ORDERS_URL"] ?? "").host;
  await expect(hosts.getByRole("listitem")).toHaveText([`${production} lookup_order, decide, notify`]);
  await dialog.getByRole("button", { name: "Options" }).click();
  await dialog.getByLabel("Environment").selectOption("staging");
  await expect(hosts.getByRole("listitem")).toHaveText(["orders.staging.example:8443 lookup_order, decide, notify"]);
});

test("the graph shows each node of the version with its status and effect, on the same cursor", async ({
  page,
  workspace,
}) => {
  await openTrace(page, workspace, refund.id);
  await page.getByRole("group", { name: "View" }).getByRole("button", { name: "Graph" }).click();
  const graph = page.getByRole("group", { name: "Graph of the version's nodes" });
  await expect(graph.getByRole("button")).toHaveCount(5);
  await expect(graph.locator("[data-status=completed]")).toHaveCount(5);
  await expect(graph.locator("[data-node=notify]")).toContainText("live");
  await graph.locator("[data-node=classify]").click();
  await expect(page.getByRole("region", { name: "Inspector" })).toContainText("Classify the ticket");
  await page.keyboard.press("ArrowDown");
  await expect(graph.locator("[aria-pressed=true]")).toHaveAttribute("data-node", "lookup_order");
  await expect(page).toHaveURL(/view=graph/);
  await expectAccessible(page);
  await page.reload();
  await expect(graph.locator("[aria-pressed=true]")).toHaveAttribute("data-node", "lookup_order");
});

test("a reused step whose run was deleted says that its bodies are no longer kept", async ({
  page,
  workspace,
  api,
}) => {
  const original = await api.ran("support-refund", { version: 1, payload: ticketPayload("rude-driver") });
  const accepted = await api.call("POST", `/runs/${original.id}/replay`, { body: { fromNodeId: "decide" } });
  const { id } = await api.reached(accepted.body.id);
  expect((await api.call("DELETE", `/runs/${original.id}`)).status).toBe(204);
  await openTrace(page, workspace, id);
  const inspector = page.getByRole("region", { name: "Inspector" });
  const gone = "No longer available: the run it was reused from was deleted.";
  await page.getByRole("row").filter({ hasText: "Classify the ticket" }).click();
  for (const tab of ["Overview", "Messages", "Input", "Output"]) {
    await inspector.getByRole("tab", { name: tab }).click();
    await expect(inspector).toContainText(gone);
  }
  await page.getByRole("row").filter({ hasText: "Draft the reply" }).click();
  await expect(inspector.getByRole("tab", { name: "Output" })).toHaveAttribute("aria-selected", "true");
  await expect(inspector.getByRole("group", { name: "Output" })).toContainText("subject");
  await expect(inspector).not.toContainText(gone);
});

test("a cross-version replay by keyboard alone: version, mapping and both dialogs' submits", async ({
  page,
  workspace,
  api,
}) => {
  const press = (keys: string) => page.keyboard.press(keys);
  /** Tab until the control with this name has the focus. */
  const tabTo = async (name: string | RegExp, role: "combobox" | "button") => {
    const target = page.getByRole(role, { name }).last();
    await expect(target).toBeVisible();
    for (let n = 0; n < 40 && !(await target.evaluate((element) => element === document.activeElement)); n += 1)
      await press("Tab");
    await expect(target).toBeFocused();
    return target;
  };
  await openReplay(page, workspace, refund.id);
  await tabTo("Target version", "combobox");
  await page.keyboard.type("Version 2");
  await tabTo("Resolve mapping", "button");
  await press("Enter");
  const mapping = page.getByRole("dialog", { name: "Map renamed nodes." });
  // It is the one that Escape closes once it has the focus.
  await expect.poll(() => mapping.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  await press("Escape");
  await expect(mapping).toHaveCount(0);
  await expect(dialogOf(page).getByRole("button", { name: "Resolve mapping" })).toBeFocused();
  await press("Enter");
  for (const [from, to] of [
    ["lookup_order", "fetch_order"],
    ["notify", "notify_customer"],
  ] as const) {
    const select = await tabTo(`Target for ${from}`, "combobox");
    await page.keyboard.type(to);
    await expect(select).toHaveValue(to);
  }
  await press("Control+Enter");
  await expect(toast(page, "Node mapping saved")).toBeVisible();
  await expect(mapping).toHaveCount(0);
  await expect(dialogOf(page).getByTestId("applied-mapping")).toBeVisible();
  await press("Control+Enter");
  const run = await api.reached(await newRunOf(page));
  expect(run).toMatchObject({ version: 2, status: "completed" });
});

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
])
  test.describe(`at ${viewport.width} px`, () => {
    test.use({ viewport });
    test("every mode, the options and the mapping dialog pass axe, and nothing scrolls sideways", async ({
      page,
      workspace,
    }) => {
      test.slow();
      const clean = async () => {
        await expectAccessibleInBothThemes(page);
        await expectNoSidewaysScroll(page);
      };
      const dialog = await openReplay(page, workspace, twice.id);
      await expect(dialog.getByText("Ready to replay")).toBeVisible();
      await clean();
      for (const mode of ["Replay with new prompt", "Replay with new model"]) {
        await dialog.getByRole("radio", { name: mode }).click();
        await clean();
      }
      await dialog.getByRole("button", { name: "Options" }).click();
      await dialog.getByRole("button", { name: "Edit the payload" }).click();
      await clean();
      await openReplay(page, workspace, refund.id);
      await page.getByLabel("Target version").selectOption({ label: "Version 2" });
      await page.getByRole("button", { name: /^(Resolve|Change) mapping$/ }).click();
      await expect(page.getByRole("dialog", { name: "Map renamed nodes." })).toBeVisible();
      await clean();
    });
  });

test("from a step inside a map: by key, from its log line, from the graph, and typed", async ({
  page,
  workspace,
  api,
}) => {
  const look = { id: "look", type: "wait", durationMs: 1 };
  const nodes = [
    {
      ...{ id: "each", type: "map", over: ["a", "b"], as: "part" },
      nodes: [look, { id: "score", type: "transform", needs: ["look"], value: "{{ part }}" }],
    },
    { id: "end", type: "transform", needs: ["each"], value: "{{ nodes.each.output }}" },
  ];
  await api.call("POST", "/workflows", { body: { slug: "parts", definition: { name: "parts", nodes } } });
  const original = await api.ran("parts");
  await openTrace(page, workspace, original.id);
  const dialog = dialogOf(page);
  const path = dialog.getByLabel("Or a step inside a map or child run");
  await page.getByRole("row").filter({ hasText: "score" }).last().click();
  await page.keyboard.press("Shift+R");
  await expect(path).toHaveValue("each[1].score");
  await expect(dialog.getByLabel("From step")).toHaveValue("each[1].score");
  await expect(page.locator("datalist option")).toHaveText([
    "each[0].look",
    "each[0].score",
    "each[1].look",
    "each[1].score",
  ]);
  await path.fill("each[9].score");
  await expect(dialog).toContainText('each has 2 items in this run; did you mean "each[1].score"?');
  await dialog.getByLabel("From step").selectOption("end");
  await expect(path).toHaveValue("");
  await path.pressSequentially("each[0].score");
  await expectAccessibleInBothThemes(page);
  await expectNoSidewaysScroll(page);
  const run = await api.reached(await submitted(page));
  expect(run).toMatchObject({ status: "completed", fromNodeId: "each[0].score", attempt: 2, output: original.output });

  await openTrace(page, workspace, original.id);
  await page.getByRole("group", { name: "View" }).getByRole("button", { name: "Graph" }).click();
  const graph = page.getByRole("group", { name: "Graph of the version's nodes" });
  await graph.locator("[data-node=look]").click();
  await graph.getByRole("button", { name: "Replay from here (each[0].look)" }).click();
  await expect(path).toHaveValue("each[0].look");
  await page.keyboard.press("Escape");
  const inspector = page.getByRole("region", { name: "Inspector" });
  await graph.locator("[data-node=each]").click();
  await inspector.getByRole("tab", { name: "Logs" }).click();
  await inspector
    .getByRole("button", { name: /^Replay from here \(each/ })
    .first()
    .click();
  await expect(dialog.getByLabel("From step")).toHaveValue(/^each/);
});
