import { randomBytes } from "node:crypto";
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

test.use({ workspaceName: "providers", role: "admin" });

const at = (workspace: SeededWorkspace, path: string) => `/${workspace.slug}/${path}`;
const dialog = (page: Page) => page.locator("[role=dialog], [role=alertdialog]");
const rowOf = (page: Page, table: string, name: string) =>
  page
    .getByRole("region", { name: table, exact: true })
    .getByRole("row")
    .filter({ has: page.getByText(name, { exact: true }) });
const provider = (page: Page, name: string) => rowOf(page, "Providers and their keys", name);
const httpTool = (page: Page, name: string) => rowOf(page, "HTTP tools", name);

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** Opens the dialog behind a button; a key that is pressed before the page is alive is lost. */
async function openByKey(page: Page, name: string): Promise<void> {
  await expect(async () => {
    await page.getByRole("button", { name, exact: true }).focus();
    await press(page, "Enter");
    await expect(dialog(page)).toBeVisible({ timeout: 1000 });
  }).toPass();
}

/** The key is neither in the document, nor in what the server sends for it, nor in what the browser keeps. */
async function expectNowhere(page: Page, secret: string): Promise<void> {
  const plain = await page.request.get(page.url());
  const payload = await page.request.get(page.url(), { headers: { rsc: "1" } });
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  const live = await page.evaluate(() => [...document.querySelectorAll("input")].map(({ value }) => value).join());
  for (const text of [await page.content(), await plain.text(), await payload.text(), kept, live])
    expect(text).not.toContain(secret);
  expect(payload.headers()["content-type"]).toContain("text/x-component");
}

test("a key is set, replaced with its address, and removed, by keyboard only, and is nowhere afterwards", async ({
  page,
  workspace,
  api,
}) => {
  test.slow();
  const answers: Promise<string>[] = [];
  page.on("response", (response) => {
    if (response.request().method() === "POST") answers.push(response.text().catch(() => ""));
  });
  const [first, second] = [0, 1].map(() => `sk-${randomBytes(16).toString("hex")}`) as [string, string];
  await page.goto(at(workspace, "models"));
  await expect(provider(page, "anthropic")).toContainText("installation key");

  await openByKey(page, "Set key of anthropic");
  await expectAccessible(page);
  await expect(dialog(page).getByRole("button", { name: "Set key" })).toHaveAccessibleDescription("Enter the key.");
  await expect(dialog(page).getByLabel("Base URL")).toBeFocused();
  await press(page, "Tab");
  await expect(dialog(page).getByLabel("API key")).toBeFocused();
  await expect(dialog(page).getByLabel("API key")).toHaveAttribute("type", "password");
  await page.keyboard.type(first);
  expect(await page.content()).not.toContain(first);
  await press(page, "Enter");
  await expect(toast(page, "Key set")).toBeVisible();
  await expect(provider(page, "anthropic")).toContainText(/workspace key\s*since .*, by admin/);
  await expect(provider(page, "anthropic")).toContainText("https://api.anthropic.com");
  await expectNowhere(page, first);

  // Another address needs the key again: the refusal stands at the key, which gets the focus.
  await openByKey(page, "Replace key of anthropic");
  const replace = dialog(page).getByRole("button", { name: "Replace key" });
  await expect(replace).toHaveAccessibleDescription("Nothing has changed.");
  await press(page, "Control+a");
  await page.keyboard.type("https://gateway.example.com/anthropic");
  await press(page, "Enter");
  const key = dialog(page).getByLabel("API key");
  await expect(key).toHaveAccessibleDescription(/required again: the address changed/);
  await expect(key).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.type(second);
  await press(page, "Enter");
  await expect(toast(page, "Key replaced")).toBeVisible();
  await expect(provider(page, "anthropic")).toContainText("https://gateway.example.com/anthropic");
  await expectNowhere(page, second);

  await openByKey(page, "Remove key of anthropic");
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Remove key" }).focus();
  await press(page, "Enter");
  await expect(toast(page, "Key removed")).toBeVisible();
  await expect(provider(page, "anthropic")).toContainText("installation key");
  await expectNowhere(page, second);

  expect(answers.length).toBeGreaterThanOrEqual(4);
  for (const text of await Promise.all(answers)) expect(text).not.toMatch(new RegExp(`${first}|${second}`));
  const log = await api.call("GET", "/audit-events?action=provider_key.changed&target=anthropic");
  expect(log.body.data.map(({ details }: { details: { change: string } }) => details.change)).toEqual([
    "removed",
    "replaced",
    "set",
  ]);
  expect(log.text).not.toMatch(new RegExp(`${first}|${second}`));
});

test("a model of a provider without a key says that it cannot be called, until the server's address is given", async ({
  page,
  workspace,
}) => {
  await page.goto(at(workspace, "models"));
  await page.getByRole("button", { name: "Add model" }).click();
  await dialog(page).getByLabel("Provider").fill("Local");
  await dialog(page).getByLabel("Model id").fill("llama-5");
  await dialog(page).getByLabel("Input").fill("free");
  await press(page, "Enter");
  await expect(dialog(page).getByLabel("Input")).toHaveAccessibleDescription(/Dollars/);
  await expect(dialog(page).getByLabel("Input")).toBeFocused();
  await dialog(page).getByLabel("Input").fill("0.25");
  await press(page, "Enter");
  await expect(dialog(page).getByLabel("Provider")).toHaveAccessibleDescription(/lowercase letters/);
  await expectAccessible(page);
  await dialog(page).getByLabel("Provider").fill("local");
  await press(page, "Enter");
  await expect(toast(page, "Model added")).toBeVisible();
  const model = rowOf(page, "Models", "local:llama-5");
  await expect(model).toContainText("$0.25");
  await expect(model.getByRole("cell").nth(4)).toHaveText("unknown");
  await expect(provider(page, "local")).toContainText("Its model cannot be called.");

  await page.getByRole("button", { name: "Set key of local" }).click();
  await dialog(page).getByLabel("Base URL").fill("ftp://models.example.com");
  await dialog(page).getByRole("checkbox", { name: "The server needs no key" }).click();
  await dialog(page).getByRole("button", { name: "Set key" }).click();
  await expect(dialog(page).getByLabel("Base URL")).toHaveAccessibleDescription(/http or https/);
  await dialog(page).getByLabel("Base URL").fill("https://models.example.com/v1/");
  await press(page, "Enter");
  await expect(provider(page, "local")).toContainText("workspace key");
  await expect(provider(page, "local")).toContainText("https://models.example.com/v1");
  await page.getByRole("button", { name: "Remove key of local" }).click();
  await expect(dialog(page)).toContainText("Its address is removed too.");
  await dialog(page).getByRole("button", { name: "Remove key" }).click();
  await expect(provider(page, "local")).toContainText("no key");
});

test("an HTTP tool is added after its faults are mended, listed with its judgement and why, and deleted", async ({
  page,
  workspace,
  api,
}) => {
  await page.goto(at(workspace, "tools"));
  await openByKey(page, "Add HTTP tool");
  const field = (label: string) => dialog(page).getByLabel(label, { exact: true });
  const add = dialog(page).getByRole("button", { name: "Add tool" });
  await expect(add).toHaveAccessibleDescription("Enter a name and a URL.");
  await page.keyboard.type("book seat");
  await field("URL").fill("example.com/seats");
  await field("Input schema").fill("{ type: object }");
  await field("URL").focus();
  await press(page, "Enter");
  await expect(field("Input schema")).toHaveAccessibleDescription("This is not valid JSON.");
  await expect(field("Input schema")).toBeFocused();
  await field("Input schema").fill('{ "type": "thing" }');
  await add.click();
  await expect(field("Name")).toHaveAccessibleDescription(/letters, digits/);
  await field("Name").fill("book_seat");
  await add.click();
  await expect(field("URL")).toHaveAccessibleDescription(/starts with http/);
  await field("URL").fill("https://example.com/seats/{{ args.seat }}");
  await add.click();
  await expect(field("Input schema")).toHaveAccessibleDescription(/expected one of/);
  await expectAccessible(page);
  await field("Input schema").fill('{ "type": "object", "properties": { "seat": { "type": "string" } } }');
  await field("Description").fill("Books a seat");
  await field("Headers").fill("Authorization: Bearer {{ env.SEATS_TOKEN }}");
  await field("Query").fill("class: {{ args.class }}");
  await field("Body").fill('{ "seat": "{{ args.seat }}" }');
  const judgement = dialog(page).getByRole("status");
  await expect(judgement).toContainText("GET is read-only");
  await field("Method").focus();
  await press(page, "Enter");
  await page.getByRole("option", { name: "PUT" }).focus();
  await press(page, "Enter");
  await expect(judgement).toContainText("PUT is mutating");
  await add.focus();
  await press(page, "Enter");
  await expect(toast(page, "Tool added")).toBeVisible();

  const row = httpTool(page, "book_seat");
  await expect(row).toContainText("PUT https://example.com/seats/{{ args.seat }}");
  await expect(row).toContainText("PUT is mutating");
  const listed = (await api.call("GET", "/tools")).body.data as { name: string; inputSchema: object }[];
  expect(listed.find(({ name }) => name === "book_seat")).toMatchObject({
    ...{ kind: "http", mutating: true, description: "Books a seat" },
    inputSchema: { type: "object", properties: { seat: { type: "string" } } },
  });

  await openByKey(page, "Add HTTP tool");
  await page.keyboard.type("book_seat");
  await field("URL").fill("https://example.com");
  await press(page, "Enter");
  await expect(dialog(page).getByRole("alert")).toContainText("A tool named book_seat already exists.");
  await press(page, "Escape");

  await openByKey(page, "Delete book_seat");
  await expect(dialog(page)).toContainText("use: book_seat");
  await expectAccessible(page);
  await dialog(page).getByRole("button", { name: "Delete tool" }).focus();
  await press(page, "Enter");
  await expect(toast(page, "Tool deleted")).toBeVisible();
  await expect(httpTool(page, "book_seat")).toHaveCount(0);
});

test("a tool that reads is listed as read-only, and as mutating when its author marks it so", async ({
  page,
  workspace,
}) => {
  await page.goto(at(workspace, "tools"));
  for (const [name, isMarked] of [
    ["read_seat", false],
    ["spend_seat", true],
  ] as const) {
    await openByKey(page, "Add HTTP tool");
    await dialog(page).getByLabel("Name", { exact: true }).fill(name);
    await dialog(page).getByLabel("URL", { exact: true }).fill("https://example.com/seats");
    if (isMarked) await dialog(page).getByRole("checkbox").click();
    await dialog(page).getByRole("button", { name: "Add tool" }).click();
    await expect(dialog(page)).toHaveCount(0);
  }
  await expect(httpTool(page, "read_seat")).toContainText("GET is read-only");
  await expect(httpTool(page, "spend_seat")).toContainText("marked mutating by its author");

  await openByKey(page, "Mark read_seat");
  await expectAccessible(page);
  await expect(dialog(page).getByRole("radio", { name: "Read-only" })).toBeDisabled();
  await dialog(page).getByRole("radio", { name: "Mutating" }).focus();
  await press(page, "Space");
  await dialog(page).getByRole("button", { name: "Save mark" }).focus();
  await press(page, "Enter");
  await expect(toast(page, "Mark saved")).toBeVisible();
  await expect(httpTool(page, "read_seat")).toContainText("marked mutating by an admin");
});

test("an MCP server is refused at the field at fault, and one that must not be reached with the reason", async ({
  page,
  workspace,
}) => {
  await page.goto(at(workspace, "tools"));
  await openByKey(page, "Add MCP server");
  await page.keyboard.type("my bank");
  await dialog(page).getByLabel("Address").fill("mcp.example.com");
  await dialog(page).getByLabel("Headers").fill("sesame");
  const add = dialog(page).getByRole("button", { name: "Add server" });
  await expect(add).toHaveAccessibleDescription("Write one header per line, as Name: value");
  await dialog(page).getByLabel("Headers").fill("Authorization: Bearer sesame");
  await dialog(page).getByLabel("Address").focus();
  await press(page, "Enter");
  await expect(dialog(page).getByLabel("Name")).toHaveAccessibleDescription(/letters, digits/);
  await expect(dialog(page).getByLabel("Address")).toHaveAccessibleDescription(/http or https/);
  await expect(dialog(page).getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("bank");
  await dialog(page).getByLabel("Address").fill("http://169.254.169.254/mcp");
  await press(page, "Enter");
  await expect(dialog(page).getByRole("alert")).toContainText("169.254.169.254");
  await press(page, "Escape");
  await expect(page.getByText("None yet. Definitions refer to a server’s tool as")).toBeVisible();
});

test("how long runs are kept is changed with a warning, and refused where it cannot be", async ({
  page,
  workspace,
  api,
}) => {
  await page.goto(at(workspace, "policies"));
  await expect(page.getByText("kept indefinitely")).toBeVisible();
  await page.getByRole("button", { name: "Change retention" }).click();
  await dialog(page)
    .getByRole("radio", { name: /^Delete them/ })
    .click();
  await dialog(page).getByLabel("Days", { exact: true }).fill("0");
  await press(page, "Enter");
  await expect(dialog(page).getByLabel("Days", { exact: true })).toHaveAccessibleDescription(/>=\s?1/);
  await dialog(page).getByLabel("Days", { exact: true }).fill("3650");
  await expect(dialog(page)).toContainText("can no longer be restored");
  await expectAccessible(page);
  await press(page, "Enter");
  await expect(page.getByText("deleted 3650 days after they end").first()).toBeVisible();
  expect((await api.call("GET", "/workspace")).body).toMatchObject({ retentionDays: 3650 });
  await page.getByRole("button", { name: "Change retention" }).click();
  await dialog(page).getByRole("radio", { name: "Keep them indefinitely" }).click();
  await dialog(page).getByRole("button", { name: "Save retention" }).click();
  await expect(page.getByText("kept indefinitely").first()).toBeVisible();
});

const forms = [
  ["models", "Add provider"],
  ["models", "Set key of openai"],
  ["models", "Add model"],
  ["tools", "Add HTTP tool"],
  ["tools", "Add MCP server"],
] as const;

test("pages and forms pass axe, and none scrolls sideways at 390 px", async ({ page, workspace }) => {
  test.slow();
  for (const path of ["models", "tools"]) {
    await page.goto(at(workspace, path));
    await expectAccessibleInBothThemes(page);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [path, button] of forms) {
    await page.goto(at(workspace, path));
    await expectNoSidewaysScroll(page);
    await openByKey(page, button);
    await expectAccessibleInBothThemes(page);
    await expectNoSidewaysScroll(page);
  }
});

test.describe("an operator", () => {
  test.use({ role: "operator" });
  test("sees why nothing can be changed, and neither whose keys are used nor where", async ({ page, workspace }) => {
    await page.goto(at(workspace, "models"));
    await expect(provider(page, "openai")).toContainText("Only admins can see whose key is used.");
    await expect(page.locator("body")).not.toContainText("http://");
    for (const [path, button] of forms) {
      if (!page.url().endsWith(path)) await page.goto(at(workspace, path));
      const denied = page.getByRole("button", { name: button, exact: true });
      await expect(denied).toHaveAttribute("aria-disabled", "true");
      await expect(denied).toHaveAccessibleDescription("This needs the role admin.");
      await denied.focus();
      await press(page, "Enter");
    }
    await expect(page.getByRole("button", { name: "Delete read_seat" })).toHaveAccessibleDescription(
      "This needs the role admin.",
    );
    await page.goto(at(workspace, "policies"));
    await expect(page.getByRole("button", { name: "Change retention" })).toHaveAccessibleDescription(
      "This needs the role admin.",
    );
    await expect(dialog(page)).toHaveCount(0);
  });
});
