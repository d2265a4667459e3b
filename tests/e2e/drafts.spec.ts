import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import type { Locator, Page } from "playwright/test";
import type { Run } from "#/lib/contract/run.ts";
import { apiOf, expect, test, tracePath, workspaceOf } from "#/tests/support/browser.ts";
import { ticketPayload } from "#/tests/support/tickets.ts";

test.use({ workspaceName: "drafts", role: "owner" });

let refund: Run;
test.beforeAll(async () => {
  const api = apiOf("drafts");
  await api.ran("support-refund", { version: 1, payload: ticketPayload("lost-coffee") });
  refund = await api.ran("support-refund", { version: 1, payload: ticketPayload("lost-coffee") });
  await api.call("POST", "/schedules", { body: { workflow: "flaky-carrier", cron: "@yearly" } });
  await api.trigger("flaky-carrier", { payload: { orderId: "1001" }, delay: "1h" });
  await api.call("PUT", "/environments/production/variables", {
    body: { variables: { GREETING: "hello", ORDERS_URL: process.env["REPRISE_E2E_ORDERS_URL"] } },
  });
  const http = { method: "GET", url: "https://example.com/seats" };
  await api.call("POST", "/tools", { body: { name: "seats", http } });
  // No server of ours answers in this workspace; the row is all that its dialog needs.
  const sql = postgres(process.env["REPRISE_E2E_DATABASE_URL"] ?? "", { max: 1 });
  await sql`insert into mcp_servers (id, workspace_id, name, url)
    values ('mcp_drafts', ${workspaceOf("drafts").id}, 'bank', 'https://mcp.example.com/mcp')
    on conflict do nothing`;
  await sql`insert into replay_batches (id, workspace_id, status, status_reason, request, on_refusal, max_cost_micros, total)
    values ('batch_drafts', ${workspaceOf("drafts").id}, 'paused', 'cost_cap', '{}', 'skip', 1, 1)
    on conflict do nothing`;
  await sql.end();
});

type Draft = {
  /** Where the dialog is, below the workspace. */
  path: string;
  /** Of a dialog that stands over another. */
  title?: string;
  open: (page: Page) => Promise<void>;
  /** Done before the field is there, each time it opens. */
  reveal?: (dialog: Locator) => Promise<void>;
  /** What is typed, or chosen, by label. */
  fill: Record<string, string>;
  choose?: string;
  /** Gone after a reload of the page: it is written down nowhere. */
  secrets?: string[];
};

const button = (name: string) => (page: Page) => page.getByRole("button", { name, exact: true }).first().click();
const prompt = () => `prompts/${workspaceOf("drafts").prompts["decide"]?.id}`;

/** Every dialog that holds something typed, by the file that it stands in. */
const dialogs: Record<string, Draft[]> = {
  "api-keys/new-api-key.tsx": [{ path: "api-keys", open: button("New API key"), fill: { Name: "nightly" } }],
  "members/add-member.tsx": [
    { path: "members", open: button("Add member"), fill: { Email: "ada@example.com", Name: "Ada" } },
  ],
  "members/invite-member.tsx": [{ path: "members", open: button("Invite"), fill: { Email: "ada@example.com" } }],
  "members/change-role.tsx": [
    {
      path: "members",
      open: (page) => page.getByRole("button", { name: /^Change role of viewer/ }).click(),
      fill: {},
      choose: "operator",
    },
  ],
  "models/add-model.tsx": [
    {
      path: "models",
      open: button("Add model"),
      fill: { Provider: "acme", "Model id": "llm-1", Name: "LLM", Input: "0.5" },
    },
  ],
  "models/set-provider.tsx": [
    {
      path: "models",
      open: button("Add provider"),
      fill: { Provider: "acme", "Base URL": "https://llm.example.com/v1", "API key": "sk-sesame" },
      secrets: ["API key"],
    },
  ],
  "policies/edit-policy.tsx": ["workspace", "account"].map((level) => ({
    path: "policies",
    open: button(`Edit ${level} policy`),
    reveal: (dialog) =>
      dialog.getByRole("radiogroup", { name: "Allowed models" }).getByRole("radio", { name: "Only these" }).check(),
    fill: { "Another model": "acme:llm-1" },
  })),
  "policies/edit-batch-pace.tsx": [
    { path: "policies", open: button("Change batch pace"), fill: { "Replays of batches a minute": "7" } },
  ],
  "batches/batch-controls.tsx": [
    {
      path: "monitoring/replay-batches/batch_drafts",
      open: button("Resume"),
      fill: { "New cost cap in dollars": "7.50" },
    },
  ],
  "batches/batch-dialog.tsx": [
    {
      path: "monitoring/workflow-runs",
      open: async (page) => {
        await page.getByRole("checkbox", { name: "Select the runs of this page" }).check();
        await page.getByRole("button", { name: /^Replay runs/ }).click();
      },
      fill: { "Batch name": "the lost ones", "Cost cap in dollars": "0.75" },
    },
  ],
  "runs/reschedule-run.tsx": [
    {
      path: "monitoring/workflow-runs?status=pending",
      open: async (page) => {
        await page.getByRole("button", { name: /^Actions for/ }).click();
        await page.getByRole("menuitem", { name: "Reschedule" }).click();
      },
      fill: { "New start": "90m" },
    },
  ],
  "schedules/edit-schedule.tsx": [
    {
      path: "schedules",
      open: button("New schedule"),
      fill: { "Cron expression": "5 4 * * *", "Time zone": "Asia/Tokyo", Environment: "staging" },
    },
    {
      path: "schedules",
      open: async (page) => {
        const row = page.locator("a[data-row-link]");
        if ((await row.count()) > 0) await row.click();
        await button("Edit")(page);
      },
      fill: { "Cron expression": "5 4 * * *", "Payload (JSON)": '{ "orderId": "1002" }' },
    },
  ],
  "policies/edit-retention.tsx": [
    {
      path: "policies",
      open: button("Change retention"),
      reveal: (dialog) => dialog.getByRole("radio", { name: /^Delete them/ }).check(),
      fill: { Days: "30" },
    },
  ],
  "policies/new-grant.tsx": [
    { path: "policies", open: button("Grant mutations"), fill: { Reason: "a test of refunds" } },
  ],
  "prompts/new-prompt.tsx": [
    { path: "prompts", open: button("New prompt"), fill: { Name: "greeting", Text: "Say hello\nin two lines" } },
  ],
  "prompts/new-revision.tsx": [{ path: prompt(), open: button("New revision"), fill: { Text: "Decide otherwise" } }],
  "tools/add-http-tool.tsx": [
    {
      path: "tools",
      open: button("Add HTTP tool"),
      fill: { Name: "book", URL: "https://example.com/{{ args.id }}", Body: '{ "a": 1 }' },
    },
  ],
  "tools/add-server.tsx": [
    {
      path: "tools",
      open: button("Add MCP server"),
      fill: { Name: "shop", Address: "https://shop.example.com/mcp", Headers: "Authorization: Bearer sesame" },
      secrets: ["Headers"],
    },
  ],
  "tools/change-address.tsx": [
    {
      path: "tools",
      open: button("Change bank"),
      fill: { Address: "https://other.example.com/mcp", Headers: "Authorization: Bearer sesame" },
      secrets: ["Headers"],
    },
  ],
  "tools/mark-tool.tsx": [{ path: "tools", open: button("Mark seats"), fill: {}, choose: "Mutating" }],
  "variables/edit-default-ttl.tsx": [
    {
      path: "variables",
      open: button("Change default TTL"),
      fill: { "Default TTL": "15m" },
    },
  ],
  "variables/edit-variable.tsx": [
    {
      path: "variables",
      open: button("New variable"),
      fill: { Name: "COLOUR", Value: "green" },
      secrets: ["Value"],
    },
    { path: "variables", open: button("Change GREETING"), fill: { Value: "good day" }, secrets: ["Value"] },
  ],
  "workflows/pause-control.tsx": [
    { path: "workflows/support-refund", open: button("Pause for safety"), fill: { Reason: "refunds twice" } },
  ],
  "workflows/trigger-dialog.tsx": [
    {
      path: "workflows/support-refund",
      open: (page) => page.keyboard.press("t"),
      fill: { "Payload (JSON)": '{ "ticket": "lost" }', Environment: "staging" },
    },
  ],
  "replay/replay-dialog.tsx": [
    {
      path: "replay",
      open: (page) => page.keyboard.press("r"),
      reveal: async (dialog) => {
        const options = dialog.getByRole("button", { name: /^Options/ });
        if ((await options.getAttribute("aria-expanded")) === "false") await options.click();
        const edit = dialog.getByRole("button", { name: "Edit the payload" });
        if (await edit.isVisible()) await edit.click();
      },
      fill: { "Trigger payload": '{ "ticket": "other" }', "Cost limit in dollars": "0.50" },
    },
    {
      path: "replay",
      open: (page) => page.keyboard.press("r"),
      fill: { "Prompt artifact id": "pr_1", "Content hash": "sha256:1" },
      reveal: (dialog) => dialog.getByRole("radio", { name: "Replay with new prompt" }).check(),
    },
  ],
  "replay/mapping-dialog.tsx": [
    {
      path: "replay",
      title: "Map renamed nodes.",
      open: async (page) => {
        const replay = page.getByRole("dialog", { name: "Replay run" });
        if (!(await replay.isVisible())) await page.keyboard.press("r");
        await expect(replay).toBeVisible({ timeout: 1500 });
        await page.getByLabel("Target version").selectOption({ label: "Version 2" });
        await page.getByRole("button", { name: "Resolve mapping" }).click();
      },
      fill: { "Target for lookup_order": "fetch_order" },
    },
  ],
};

test("no dialog that holds something typed is missing here", () => {
  const root = join(import.meta.dirname, "../../components");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".tsx"));
  const withDrafts = files.filter((file) => /\buseDraft|\buseServerDraft/.test(readFileSync(join(root, file), "utf8")));
  const parts = [
    "ui/draft-dialog.tsx",
    "policies/list-editor.tsx",
    "tools/server-fields.tsx",
    "schedules/schedule-form.tsx",
  ];
  expect(withDrafts.filter((file) => !parts.includes(file)).toSorted()).toEqual(Object.keys(dialogs).toSorted());
  // Whatever else is a dialog asks or shows, and holds no text.
  const others = files.filter(
    (file) =>
      /<(DialogContent|FormDialog)\b/.test(readFileSync(join(root, file), "utf8")) &&
      !(file in dialogs) &&
      !parts.includes(file),
  );
  expect(others.toSorted()).toEqual([
    "members/password-link.tsx",
    "models/retire-model.tsx",
    "replay/model-picker.tsx",
    "replay/prompt-picker.tsx",
    "shell/shortcuts-dialog.tsx",
    "tools/trust-server.tsx",
    "trace/suggest-fix-dialog.tsx",
    "trace/suggested-fix-panel.tsx",
    "ui/confirm-dialog.tsx",
    "ui/form-dialog.tsx",
    "ui/secret-dialog.tsx",
    // The editor behind it keeps the draft.
    "workflows/push-version-dialog.tsx",
  ]);
});

for (const [file, drafts] of Object.entries(dialogs))
  for (const [index, draft] of drafts.entries())
    test(`${file} ${index + 1} keeps what was typed through a stray click, Escape and a reload, until it is discarded`, async ({
      page,
      workspace,
    }) => {
      const path = draft.path === "replay" ? tracePath(workspace, refund.id) : `/${workspace.slug}/${draft.path}`;
      const dialog = draft.title ? page.getByRole("dialog", { name: draft.title }) : page.getByRole("dialog");
      const opened = async () => {
        // A key or a click before the page is alive is lost.
        await expect(async () => {
          if ((await dialog.count()) === 0) await draft.open(page);
          await expect(dialog).toBeVisible({ timeout: 1500 });
        }).toPass();
      };
      const field = (label: string) => dialog.getByLabel(label, { exact: true });
      const holds = async (isReloaded: boolean) => {
        for (const [label, text] of Object.entries(draft.fill))
          if (!(isReloaded && draft.secrets?.includes(label))) await expect(field(label)).toHaveValue(text);
        if (draft.choose) await expect(dialog.getByRole("radio", { name: draft.choose })).toBeChecked();
      };
      await page.goto(path);
      await opened();
      await draft.reveal?.(dialog);
      for (const [label, text] of Object.entries(draft.fill)) {
        const isSelect = await field(label).evaluate((element) => element.tagName === "SELECT");
        await (isSelect ? field(label).selectOption(text) : field(label).fill(text));
      }
      if (draft.choose) await dialog.getByRole("radio", { name: draft.choose }).check();

      await page.mouse.click(5, 790);
      await expect(dialog).toHaveCount(0);
      await opened();
      if (file === "replay/replay-dialog.tsx" && index === 0) await draft.reveal?.(dialog);
      await holds(false);
      await page.keyboard.press("Escape");
      await expect(dialog).toHaveCount(0);
      await opened();
      if (file === "replay/replay-dialog.tsx" && index === 0) await draft.reveal?.(dialog);
      await holds(false);

      await page.reload();
      for (const label of draft.secrets ?? [])
        expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).not.toContain(draft.fill[label]);
      await opened();
      if (file === "replay/replay-dialog.tsx" && index === 0) await draft.reveal?.(dialog);
      await holds(true);
      if (draft.secrets?.length === Object.keys(draft.fill).length) return;
      await dialog.getByRole("button", { name: "Discard draft" }).click();
      await expect(dialog.getByRole("button", { name: "Discard draft" })).toHaveCount(0);
      if (draft.choose) await expect(dialog.getByRole("radio", { name: draft.choose })).not.toBeChecked();
      for (const [label, text] of Object.entries(draft.fill))
        if ((await field(label).count()) > 0) await expect(field(label)).not.toHaveValue(text);
    });

test("what was accepted is no draft any more", async ({ page, workspace }) => {
  await page.goto(`/${workspace.slug}/prompts`);
  await button("New prompt")(page);
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("welcome");
  await dialog.getByLabel("Text", { exact: true }).fill("Welcome");
  await dialog.getByRole("button", { name: "Create prompt" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "welcome" })).toBeVisible();
  await page.goto(`/${workspace.slug}/prompts`);
  await button("New prompt")(page);
  await expect(dialog.getByLabel("Name")).toHaveValue("");
});
