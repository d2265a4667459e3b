import { readFileSync } from "node:fs";
import type { Page } from "playwright/test";
import {
  expect,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectNoSidewaysScroll,
  test,
  toast,
} from "#/tests/support/browser.ts";
import type { SeededWorkspace } from "#/tests/support/seeded-workspace.ts";

// Policies and retirements change what runs may do: this file has a workspace of its own.
test.use({ workspaceName: "admin", role: "admin" });

const dialog = (page: Page) => page.getByRole("dialog");
const at = (workspace: SeededWorkspace, path: string) => `/${workspace.slug}/${path}`;
const promptIn = (workspace: SeededWorkspace, name: string) => {
  const prompt = workspace.prompts[name];
  if (!prompt) throw new Error(`no prompt ${name} is seeded`);
  return prompt;
};
const everyPage = (workspace: SeededWorkspace) => [
  ["workflows", "Workflows"],
  ["workflows/support-refund", "Support refund"],
  ["workflows/support-refund?view=graph", "Support refund"],
  ["workflows/support-refund?view=definition", "Support refund"],
  ["workflows/support-refund?view=difference", "Support refund"],
  ["prompts", "Prompts"],
  [`prompts/${promptIn(workspace, "decide").id}`, "decide"],
  [`prompts/${promptIn(workspace, "decide").id}?against=${promptIn(workspace, "decide").hashes[0]}`, "decide"],
  ["models", "Models"],
  ["policies", "Policies"],
  ["members", "Members"],
  ["api-keys", "API keys"],
  ["variables", "Variables"],
  ["audit-log", "Audit log"],
];

test("every page passes axe, and at 390 px none scrolls sideways", async ({ page, workspace }) => {
  test.slow();
  for (const [path = "", title = ""] of everyPage(workspace)) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(at(workspace, path));
    await expect(page.getByRole("heading", { level: 1 })).toContainText(title);
    await expectAccessibleInBothThemes(page);
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNoSidewaysScroll(page);
  }
});

test("the forms pass axe", async ({ page, workspace }) => {
  test.slow();
  const forms = [
    ["workflows/support-refund", "Trigger"],
    ["workflows/support-refund", "Pause for safety"],
    ["workflows/support-refund", "Delete version 1"],
    ["prompts", "New prompt"],
    [`prompts/${promptIn(workspace, "decide").id}`, "New revision"],
    ["policies", "Edit workspace policy"],
    ["members", "Add member"],
    ["api-keys", "New API key"],
    ["variables", "New variable"],
  ];
  for (const [path = "", button = ""] of forms) {
    await page.goto(at(workspace, path));
    await page.getByRole("button", { name: button }).first().click();
    await expect(page.locator("[role=dialog], [role=alertdialog]")).toBeVisible();
    await expectAccessibleInBothThemes(page);
  }
});

test("the sidebar leads to every page, and marks the one on screen", async ({ page, workspace }) => {
  const ahead: string[] = [];
  page.on("request", (request) => {
    if (request.headers()["next-router-prefetch"]) ahead.push(new URL(request.url()).pathname);
  });
  await page.goto(at(workspace, "workflows"));
  const links = page.getByRole("navigation", { name: "Workspace" }).getByRole("link");
  const names = await links.allTextContents();
  for (const name of ["Workflows", "Prompts", "Variables", "Models", "Policies", "Audit log", "Members", "API keys"])
    expect(names).toContain(name);
  // Nothing is fetched ahead but what somebody points at.
  await links.filter({ hasText: "Prompts" }).hover();
  await expect.poll(() => ahead.length).toBeGreaterThan(0);
  expect(new Set(ahead)).toEqual(new Set([at(workspace, "prompts")]));
  for (const name of names.slice(1)) {
    await links.filter({ hasText: name }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
    await expect(links.filter({ hasText: name })).toHaveAttribute("aria-current", "page");
  }
});

test.describe("prompts", () => {
  test("an artifact and its revisions are made here, the hash shown while typing is the stored one", async ({
    page,
    workspace,
    api,
  }) => {
    await page.goto(at(workspace, "prompts"));
    await page.getByRole("button", { name: "New prompt" }).click();
    await expect(dialog(page).getByRole("button", { name: "Create prompt" })).toHaveAttribute("aria-disabled", "true");
    await dialog(page).getByLabel("Name").fill("greeting");
    await dialog(page).getByLabel("Text", { exact: true }).fill("test");
    const hash = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    await expect(dialog(page).getByLabel("Content hash of the text")).toHaveText(hash);
    await page.keyboard.press("Escape");
    await expect(dialog(page)).toHaveCount(0);
    await page.getByRole("button", { name: "New prompt" }).click();
    await expect(dialog(page).getByLabel("Text", { exact: true })).toHaveValue("test");
    await dialog(page).getByRole("button", { name: "Create prompt" }).click();
    await expect(toast(page, "Prompt created")).toBeVisible();
    await expect(page.getByRole("heading", { level: 1, name: "greeting" })).toBeVisible();
    await expect(page.getByText(hash, { exact: true })).toBeVisible();

    await page.getByRole("button", { name: "New revision" }).click();
    const create = dialog(page).getByRole("button", { name: "Create revision" });
    await expect(create).toHaveAttribute("aria-disabled", "true");
    await dialog(page).getByLabel("Text", { exact: true }).fill("test\nand a second line");
    // Until it is computed there are three dots.
    await expect(dialog(page).getByLabel("Content hash of the text")).toHaveText(/^sha256:(?!9f86)[0-9a-f]{64}$/);
    const second = await dialog(page).getByLabel("Content hash of the text").textContent();
    await create.click();
    await expect(page.getByRole("heading", { level: 2, name: "Revision 2" })).toBeVisible();
    const id = new URL(page.url()).pathname.split("/").at(-1);
    const { body } = await api.call("GET", `/prompts/${id}`);
    expect(body).toMatchObject({ revisions: 2, latestHash: second });

    await page.getByRole("combobox", { name: "Compare with" }).click();
    await page.getByRole("option", { name: "Changes since revision 1" }).click();
    await expect(page.getByRole("region", { name: "Text, revision 1 to revision 2" })).toContainText(
      "and a second line",
    );
    await page.reload();
    await expect(page.getByRole("region", { name: "Text, revision 1 to revision 2" })).toBeVisible();

    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete prompt" }).click();
    await expect(toast(page, "Prompt deleted")).toBeVisible();
    await expect(page).toHaveURL(at(workspace, "prompts"));
  });

  test("a prompt that a version pins is kept, and the refusal names the version", async ({ page, workspace }) => {
    await page.goto(at(workspace, `prompts/${promptIn(workspace, "decide").id}`));
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete prompt" }).click();
    await expect(toast(page, "Prompt not deleted")).toContainText("support-refund version 1");
  });

  test("a prompt of another workspace, or none, is not found", async ({ page, workspace, expectedErrors }) => {
    expectedErrors.push(/404/);
    await page.goto(at(workspace, "prompts/prompt_01none"));
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  });
});

test.describe("workflows", () => {
  test("a version shows its calls with what they change, and what differs from the one before", async ({
    page,
    workspace,
  }) => {
    await page.goto(at(workspace, "workflows"));
    await page.getByRole("link", { name: "support-refund", exact: true }).click();
    const notify = page.getByRole("row").filter({ hasText: "Notify the customer" });
    await expect(notify).toContainText("mutating");
    await expect(notify).toContainText("POST is mutating");
    await page.getByRole("link", { name: "Graph" }).click();
    const graph = page.getByRole("region", { name: "Graph of the version's nodes" });
    await expect(graph.getByRole("listitem").filter({ hasText: "decide" }).first()).toContainText("agent");
    await expectAccessible(page);
    await page.getByRole("link", { name: "Definition" }).click();
    await expect(page.getByRole("region", { name: "Definition as YAML" })).toContainText("name: support-refund");
    await page.getByRole("link", { name: "Difference" }).click();
    await expect(page.getByRole("list", { name: "Changed nodes" })).toContainText("lookup_order");
    await page.reload();
    await expect(page.getByRole("list", { name: "Changed nodes" })).toBeVisible();
  });

  test("triggering is checked by the server, and opens the new run", async ({ page, workspace }) => {
    await page.goto(at(workspace, "workflows/support-refund?version=1"));
    const payload = dialog(page).getByLabel("Payload (JSON)");
    // A key that is pressed before the page is alive is lost.
    await expect(async () => {
      await page.keyboard.press("t");
      await expect(payload).toBeVisible({ timeout: 1000 });
    }).toPass();
    await payload.fill("{ not json");
    await expect(dialog(page).getByRole("button", { name: /Start run/ })).toHaveAttribute("aria-disabled", "true");
    await payload.fill('{ "ticket": 1 }');
    await dialog(page).getByText("From a terminal").click();
    await expect(dialog(page).getByRole("region", { name: "curl command" })).toContainText('"ticket": 1');
    await page.keyboard.press("Control+Enter");
    await expect(dialog(page).getByRole("alert")).toContainText("The payload does not fit the workflow's input");
    const ticket = { subject: "Late", body: "Where is it?", customer: { name: "Ann", email: "ann@example.com" } };
    await payload.fill(JSON.stringify({ ticketId: "T-1", ticket }));
    await page.keyboard.press("Control+Enter");
    await expect(page).toHaveURL(/\/ai\/runs\/run_/);
  });

  test("a pause for safety keeps triggers out until it is taken back", async ({ page, workspace }) => {
    await page.goto(at(workspace, "workflows/support-refund"));
    await page.getByRole("button", { name: "Pause for safety" }).click();
    await dialog(page).getByLabel("Reason").fill("Refunds are paid twice");
    await dialog(page).getByRole("button", { name: "Pause workflow" }).click();
    await expect(toast(page, "Workflow paused")).toBeVisible();
    await expect(page.getByText("Refunds are paid twice")).toBeVisible();
    await expect(page.getByRole("button", { name: /^Trigger/ })).toHaveAttribute("aria-disabled", "true");
    await page.getByRole("button", { name: "Unpause" }).click();
    await dialog(page).getByRole("button", { name: "Unpause workflow" }).click();
    await expect(toast(page, "Workflow unpaused")).toBeVisible();
    await expect(page.getByRole("button", { name: /^Trigger/ })).not.toHaveAttribute("aria-disabled", "true");
  });

  test("a deleted version is gone, and a link to it says so", async ({ page, workspace }) => {
    await page.goto(at(workspace, "workflows/order-digest"));
    await page.getByRole("button", { name: "Delete version 1" }).click();
    await page.getByRole("button", { name: "Delete version", exact: true }).click();
    await expect(toast(page, "Version 1 deleted")).toBeVisible();
    await expect(page.getByRole("heading", { name: "No versions left" })).toBeVisible();
    await page.goto(at(workspace, "workflows/support-refund?version=9"));
    await expect(page.getByText("Version 9 does not exist or was deleted.")).toBeVisible();
  });
});

test("a retired model says why it is not allowed, and comes back", async ({ page, workspace }) => {
  await page.goto(at(workspace, "models"));
  const row = page.getByRole("row").filter({ hasText: "anthropic:claude-opus-4-7" });
  await row.getByRole("button", { name: "Retire" }).click();
  await page.getByRole("button", { name: "Retire model" }).click();
  await expect(toast(page, "Model retired")).toBeVisible();
  await expect(row).toContainText("It is retired.");
  await row.getByRole("button", { name: "Restore" }).click();
  await dialog(page).getByRole("button", { name: "Restore model" }).click();
  await expect(toast(page, "Model restored")).toBeVisible();
  await expect(row).toContainText("allowed");
  await expect(row.getByRole("button", { name: "Retire" })).toBeVisible();
});

test("the policy in force follows what the workspace says, and turning mutations on is warned of", async ({
  page,
  workspace,
  api,
}) => {
  await page.goto(at(workspace, "policies"));
  await expect(page.getByRole("button", { name: "Edit account policy" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Edit workspace policy" }).click();
  await dialog(page)
    .getByRole("radiogroup", { name: "Allowed models" })
    .getByRole("radio", { name: "Only these" })
    .click();
  const save = dialog(page).getByRole("button", { name: "Save policy" });
  await expect(save).toHaveAttribute("aria-disabled", "true");
  await dialog(page).getByRole("checkbox", { name: "anthropic:claude-haiku-4-5" }).click();
  await dialog(page).getByLabel("Another model").fill("local:llama-4");
  await dialog(page).getByRole("button", { name: "Add" }).click();
  const providers = dialog(page).getByRole("radiogroup", { name: "Allowed providers" });
  await providers.getByRole("radio", { name: "Only these" }).click();
  await providers.getByRole("checkbox", { name: "anthropic", exact: true }).click();
  await dialog(page).getByRole("radio", { name: "true" }).click();
  await expect(dialog(page).getByRole("alert")).toContainText("WILL invoke mutating tool calls");
  await save.click();
  await expect(toast(page, "Workspace policy changed")).toBeVisible();
  await expect(page.getByRole("list", { name: "Allowed models" })).toContainText("local:llama-4");
  expect((await api.call("GET", "/policies")).body.workspace).toEqual({
    allowedModels: ["anthropic:claude-haiku-4-5", "local:llama-4"],
    allowedProviders: ["anthropic"],
    replay: { allowMutations: true },
  });

  await page.goto(at(workspace, "models?show=not_allowed"));
  await expect(page.getByRole("row").filter({ hasText: "anthropic:claude-opus-4-7" })).toContainText(
    "It is not in the workspace's allowed models.",
  );

  await page.goto(at(workspace, "policies"));
  await page.getByRole("button", { name: "Edit workspace policy" }).click();
  await dialog(page)
    .getByRole("radiogroup", { name: "Allowed models" })
    .getByRole("radio", { name: "Not set" })
    .click();
  await dialog(page)
    .getByRole("radiogroup", { name: "Allowed providers" })
    .getByRole("radio", { name: "Not set" })
    .click();
  await dialog(page)
    .getByRole("radiogroup", { name: "policies.replay.allowMutations" })
    .getByRole("radio", { name: "Not set" })
    .click();
  await save.click();
  await expect(page.getByText("every model", { exact: true })).toBeVisible();
});

test("a key's secret is shown once, works, and stops working when the key is revoked", async ({ page, workspace }) => {
  await page.goto(at(workspace, "api-keys"));
  await page.getByRole("button", { name: "New API key" }).click();
  await dialog(page).getByLabel("Name").fill("from the page");
  await expect(dialog(page).getByRole("checkbox", { name: /^account/ })).toBeDisabled();
  await dialog(page).getByRole("button", { name: "Create key" }).click();
  const shown = dialog(page).getByLabel("Secret of the new API key");
  await expect(shown).toHaveText(/^rp_live_/);
  const secret = await shown.textContent();
  await expectAccessible(page);
  const ask = () => page.request.get("/api/v1/runs", { headers: { authorization: `Bearer ${secret}`, cookie: "" } });
  expect((await ask()).status()).toBe(200);
  await dialog(page).getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByText(secret ?? "")).toHaveCount(0);
  const row = page.getByRole("row").filter({ hasText: "from the page" });
  await expect(row).toContainText("active");
  await row.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Revoke key" }).click();
  await expect(row).toContainText("revoked");
  expect((await ask()).status()).toBe(401);
});

test("a member is asked by email and waits, until the request is revoked; an admin cannot touch an owner", async ({
  page,
  workspace,
}) => {
  await page.goto(at(workspace, "members"));
  await expect(
    page
      .getByRole("row")
      .filter({ hasText: "owner." })
      .getByRole("button", { name: /Remove/ }),
  ).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Add member" }).click();
  await expect(dialog(page).getByRole("radio", { name: "owner" })).toBeDisabled();
  await page.keyboard.press("Enter");
  await expect(dialog(page)).toBeVisible();
  await dialog(page).getByLabel("Email").fill("New.Person@example.com");
  await page.keyboard.press("Enter");
  const row = page.getByRole("row").filter({ hasText: "new.person@example.com" });
  await expect(row).toContainText("viewer");
  await expect(row).toContainText("open");
  await row.getByRole("button", { name: /Revoke/ }).click();
  await page.getByRole("button", { name: "Revoke invitation" }).click();
  await expect(row).toContainText("revoked");
});

test("the default TTL of an environment is set, and unset", async ({ page, workspace, api }) => {
  await page.goto(at(workspace, "variables?environment=development"));
  const inForce = page.getByRole("region", { name: "Default TTL of development" });
  await expect(inForce).toContainText("for at most 10m");
  const change = async (text: string) => {
    await page.getByRole("button", { name: "Change default TTL" }).click();
    await dialog(page).getByLabel("Default TTL").fill(text);
  };
  await change("soon");
  await expect(dialog(page)).toContainText("Enter a duration such as 30s, 10m or 1h.");
  await expectAccessibleInBothThemes(page);
  await dialog(page).getByLabel("Default TTL").fill("45m");
  await page.keyboard.press("Enter");
  await expect(inForce).toContainText("for at most 45m");
  await change("");
  await page.keyboard.press("Enter");
  await expect(inForce).toContainText("indefinitely");
  expect((await api.call("GET", "/environments/development")).body).toEqual({ name: "development", defaultTtl: null });
});

test("a secret variable is never shown again, and changing another one keeps it", async ({ page, workspace, api }) => {
  await page.goto(at(workspace, "variables?environment=staging"));
  const set = async (name: string, value: string, secret: boolean) => {
    await page.getByRole("button", { name: "New variable" }).click();
    await dialog(page).getByLabel("Name").fill(name);
    await dialog(page).getByLabel("Value").fill(value);
    if (secret)
      await dialog(page)
        .getByRole("checkbox", { name: /^Secret/ })
        .click();
    await dialog(page).getByRole("button", { name: "Set variable" }).click();
    await expect(page.getByRole("row").filter({ hasText: name })).toBeVisible();
  };
  await set("TOKEN", "s3cr3t-value", true);
  await set("ORDERS_URL", "http://orders.example", false);
  await expect(page.getByRole("row").filter({ hasText: "TOKEN" })).toContainText("secret");
  expect(await page.content()).not.toContain("s3cr3t-value");
  expect((await api.call("GET", "/environments/staging/variables")).body.variables).toEqual([
    { name: "ORDERS_URL", secret: false, value: "http://orders.example" },
    { name: "TOKEN", secret: true, value: null },
  ]);
  await page.getByRole("button", { name: "Remove TOKEN" }).click();
  await page.getByRole("button", { name: "Remove variable" }).click();
  await expect(page.getByRole("row").filter({ hasText: "TOKEN" })).toHaveCount(0);
});

test("the audit log filters by its address, pages, and is exported", async ({ page, workspace, api }) => {
  for (let count = 0; count < 30; count += 1) {
    await api.call("POST", "/workflows/support-refund/pause", { body: { reason: "again" } });
    await api.call("POST", "/workflows/support-refund/unpause");
  }
  await page.goto(at(workspace, "audit-log"));
  await page.getByRole("button", { name: /^Action/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "workflow.paused" }).click();
  await expect(page).toHaveURL(/action=workflow\.paused/);
  await page.keyboard.press("Escape");
  const cells = page.getByRole("cell", { name: "workflow.paused" });
  await expect(page.getByRole("cell", { name: "workflow.unpaused" })).toHaveCount(0);
  await expect(cells.first()).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(at(workspace, "audit-log"));

  const first = await page.getByRole("row").nth(1).textContent();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/cursor=/);
  await page.getByRole("link", { name: "Previous" }).click();
  await expect(page).toHaveURL(at(workspace, "audit-log"));
  expect((await page.getByRole("row").nth(1).textContent())?.slice(-20)).toBe(first?.slice(-20));

  const download = page.waitForEvent("download");
  await page.goto(at(workspace, "audit-log?action=workflow.paused"));
  await page.getByRole("link", { name: "Export JSON" }).click();
  const events = JSON.parse(readFileSync(await (await download).path(), "utf8")) as { action: string }[];
  expect(events.length).toBeGreaterThanOrEqual(30);
  expect(new Set(events.map((event) => event.action))).toEqual(new Set(["workflow.paused"]));
});

test.describe("an operator", () => {
  test.use({ role: "operator" });
  test("reads what the role allows, with the reason on everything else", async ({ page, workspace }) => {
    const denied = async (path: string, name: string | RegExp) => {
      await page.goto(at(workspace, path));
      const button = page.getByRole("button", { name }).first();
      await expect(button).toHaveAttribute("aria-disabled", "true");
      await expect(button).toHaveAccessibleDescription(/^This needs the role (admin|owner)\.$/);
    };
    await denied("prompts", "New prompt");
    await denied("models", /^Retire/);
    await denied("policies", "Edit workspace policy");
    await denied("policies", "Edit account policy");
    await denied("workflows/support-refund", "Pause for safety");
    await expect(page.getByRole("button", { name: /^Trigger/ })).not.toHaveAttribute("aria-disabled", "true");
    await expect(page.getByRole("button", { name: /^Delete version/ })).toHaveCount(0);
    for (const path of ["members", "api-keys", "variables", "audit-log"]) {
      await page.goto(at(workspace, path));
      await expect(page.getByText("This needs the role admin.")).toBeVisible();
      await expectAccessible(page);
    }
    expect((await page.request.get(`/api/v1/audit-events/export?workspace=${workspace.slug}`)).status()).toBe(403);
  });
});
