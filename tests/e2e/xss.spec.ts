import type { Page } from "playwright/test";
import { closeDatabase } from "#/db/client.ts";
import type { Step } from "#/lib/contract/run.ts";
import {
  apiOf,
  baseUrl,
  expect,
  monitoringPath,
  test,
  traceIsOpen,
  tracePath,
  workspaceOf,
} from "#/tests/support/browser.ts";
import { hostilePerson, marked, type Person, placeHostileServers } from "#/tests/support/hostile-records.ts";
import { openReplay } from "#/tests/support/replay-page.ts";
import { useDatabase } from "#/tests/support/tenants.ts";
import { dangerous, packedPayloads, xssPayloads } from "#/tests/support/xss-payloads.ts";

// The browser fixture fails a test on any console error, and so on any violation of the content security policy: what
// is hostile here must be text before the policy has anything to refuse.
test.use({ workspaceName: "xss", role: "admin" });

const everything = packedPayloads(1_000_000, "\n").join("");
/** A search part in which each of these parameters holds another share of the payloads. */
function hostileSearch(...names: string[]): string {
  const shares = packedPayloads(Math.ceil(everything.length / names.length) + 200);
  return `?${new URLSearchParams(names.map((name, at) => [name, shares[at % shares.length] ?? ""]))}`;
}

type Runs = { shown: string; again: string; failed: string; waiting: string; decided: string };
let runs: Runs;
let promptId: string;
let batchId: string;
let scheduleId: string;

/** Every payload as a step's title; each step gives all of them, and a tool sends them and gets them back. */
const talking = {
  name: packedPayloads(200)[0],
  description: everything.slice(0, 4000),
  input: { type: "object", description: everything },
  tools: {
    tell: {
      description: everything.slice(0, 4000),
      http: { method: "POST", url: "{{ env.ORDERS_URL }}/notifications" },
    },
  },
  nodes: [
    ...xssPayloads.map((title, at) => ({ id: `t${at}`, title, type: "transform", value: `{{ trigger.list[${at}] }}` })),
    { id: "all", title: packedPayloads(200)[1], type: "transform", value: "{{ trigger }}" },
    {
      id: "tell",
      title: packedPayloads(200)[2],
      type: "tool",
      http: {
        method: "POST",
        url: "{{ env.ORDERS_URL }}/notifications",
        body: { subject: "{{ trigger.text }}", body: "{{ trigger }}" },
      },
    },
  ],
  output: "{{ trigger }}",
};
/** The order service says in its error what it was asked for. */
const failing = {
  name: packedPayloads(200)[3],
  nodes: [
    {
      id: "track",
      title: packedPayloads(200)[4],
      type: "tool",
      http: {
        method: "POST",
        url: "{{ env.ORDERS_URL }}/refunds",
        body: { orderId: "{{ trigger.text }}", amountCents: 1 },
      },
    },
  ],
};
const waiting = {
  name: packedPayloads(200)[5],
  nodes: [{ id: "ask", type: "wait", title: packedPayloads(200)[6], approval: { title: packedPayloads(200)[7] } }],
};
/** What is asked comes from the payload; each question is answered with another comment. */
const comments = marked("comment", 2000);
const asking = {
  name: packedPayloads(200)[9],
  nodes: comments.map((_, n) => ({ id: `ask${n}`, type: "wait", approval: { title: "{{ trigger.title }}" } })),
};
/** The first step under another id: a replay on it needs a mapping. */
const renamed = {
  ...talking,
  nodes: talking.nodes.map((node) =>
    node.id === "t0" ? { ...node, id: "first", title: packedPayloads(200)[10] } : node,
  ),
};

/** What only a person can do, done by one whose name is hostile too. */
async function actAs(person: Person): Promise<string> {
  const api = apiOf("xss");
  const decided = await api.trigger("asking", { payload: { title: `title0 ${everything}` } });
  await api.reached(decided, ["waiting"]);
  const { data } = (await api.call("GET", `/runs/${decided}/approvals`)).body as { data: { spanId: string }[] };
  for (const [n, { spanId }] of data.entries())
    await person("POST", `/runs/${decided}/approvals/${spanId}`, { decision: "approve", comment: comments[n] });
  expect((await api.reached(decided)).status).toBe("completed");
  for (const reason of marked("reason", 500))
    await person("POST", "/mutation-grants", { workflow: "talking", nodeIds: ["tell"], durationMs: 60_000, reason });
  const email = `invited.${decided.slice(-8)}@example.com`;
  await person("POST", "/invitations", { email: email.toLowerCase(), role: "viewer" });
  const pairs = { t0: "first" };
  await person("PUT", "/node-mappings", { workflow: "talking", from: 1, to: 2, visibility: "shared", pairs });
  for (const [n, address] of marked("baseurl", 1900).entries())
    await person("PUT", `/providers/p${n}`, { apiKey: "x", baseUrl: `https://models.example.com/?${address}` });
  return decided;
}

/** A prompt is a template: what would open an expression in it is written as text. */
const literal = (text: string) => text.replaceAll("{{", "\\{{");

test.beforeAll(async () => {
  const api = apiOf("xss");
  const send = async (method: string, path: string, body: unknown) => {
    const answer = await api.call(method, path, { body });
    // 409: a worker that follows a failed test finds what the first one made.
    if (answer.status >= 300 && answer.status !== 409)
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
    return answer.body as { id: string };
  };
  for (const [slug, definition] of Object.entries({ talking, failing, waiting, asking }))
    await send("POST", "/workflows", { slug, name: packedPayloads(200)[8], definition });
  const payload = { text: everything, list: xssPayloads, [everything.slice(0, 2000)]: everything };
  const tags = packedPayloads(128).slice(0, 10);
  const [shown, again, failed] = await Promise.all([
    api.ran("talking", { version: 1, payload, tags }),
    api.ran("talking", { version: 1, payload: { ...payload, list: xssPayloads.toReversed() } }),
    api.ran("failing", { payload, tags: packedPayloads(128).slice(10, 20) }),
  ]);
  expect([shown.status, again.status, failed.status]).toEqual(["completed", "completed", "failed"]);
  await api.call("POST", "/workflows/waiting/unpause");
  const open = await api.trigger("waiting");
  await api.reached(open, ["waiting"]);
  await send("POST", "/workflows/talking/versions", { definition: renamed });
  useDatabase(process.env["REPRISE_E2E_DATABASE_URL"] ?? "");
  const decided = await actAs(await hostilePerson(baseUrl(), workspaceOf("xss")));
  await placeHostileServers(workspaceOf("xss").id);
  runs = { shown: shown.id, again: again.id, failed: failed.id, waiting: open, decided };
  const replayed = { name: packedPayloads(200)[8], runIds: [failed.id, open] };
  batchId = (await send("POST", "/replay-batches", replayed)).id;
  // Text comes in where nothing is checked: the payload.
  const schedule = { workflow: "waiting", cron: "@yearly", payload: { text: literal(everything) } };
  scheduleId = (await send("POST", "/schedules", schedule)).id;
  const name = `${open.slice(-6)} ${packedPayloads(190)[0]}`;
  promptId = (await send("POST", "/prompts", { name, text: literal(everything) })).id;
  await send("POST", `/prompts/${promptId}/revisions`, { text: literal(xssPayloads.toReversed().join("\n")) });
  for (const name of packedPayloads(200).slice(1)) await send("POST", "/prompts", { name, text: literal(name) });
  for (const [at, name] of packedPayloads(200).slice(0, 10).entries())
    await send("POST", "/members", { email: `xss${at}.${open.slice(-6)}@example.com`, name, role: "viewer" });
  for (const name of packedPayloads(100)) await send("POST", "/api-keys", { name, scopes: ["runs:read"] });
  for (const [at, name] of packedPayloads(200).entries())
    await send("POST", "/models", { id: `xss-${at}<img/data-xss/src=x>`, provider: "openai", name });
  for (const [n, text] of marked("toolurl", 3900).entries())
    await send("POST", "/tools", {
      name: `hostile${n}`,
      description: `toolabout${n} ${everything.slice(n * 3000, n * 3000 + 3900)}`,
      input: { type: "object", description: everything },
      // A template would have to be one that can be read.
      http: { method: "GET", url: `https://example.com/?${text.replaceAll("{{", "{ {")}` },
    });
  await send("PUT", "/environments/hostile/variables", {
    variables: { TEXT: everything, ORDERS_URL: "javascript:window.__xss=1" },
  });
  await send("POST", "/workflows/waiting/pause", { reason: packedPayloads(500)[0] });
});

test.afterAll(async () => {
  await closeDatabase();
  delete process.env["DATABASE_URL"];
});

/** A script that runs writes `__xss`, which becomes a console error and so fails the test, or opens a dialog. */
const dialogs: string[] = [];
test.beforeEach(async ({ page }) => {
  await page.addInitScript(() =>
    Object.defineProperty(window, "__xss", {
      set() {
        console.error(`a payload ran on ${location.pathname}`);
      },
    }),
  );
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
});
test.afterEach(() => expect(dialogs.splice(0)).toEqual([]));

async function expectOnlyText(page: Page, where: string): Promise<void> {
  const made = await page.evaluate(
    (selector) => [...document.querySelectorAll(selector)].map((element) => element.outerHTML.slice(0, 200)),
    dangerous,
  );
  expect(made, where).toEqual([]);
}

test("what a workspace holds is text on every page that shows it", async ({ page, workspace }) => {
  test.slow();
  const at = (path: string) => `/${workspace.slug}/${path}`;
  const shown = ["window.__xss"];
  const pages: [path: string, shows: string[]][] = [
    [monitoringPath(workspace), []],
    [`${monitoringPath(workspace)}?q=${encodeURIComponent("window.__xss")}`, []],
    [`${monitoringPath(workspace)}?tag=${encodeURIComponent(packedPayloads(128)[0] ?? "")}`, shown],
    [monitoringPath(workspace, runs.shown), shown],
    [monitoringPath(workspace, runs.failed), shown],
    [monitoringPath(workspace, runs.waiting), shown],
    [monitoringPath(workspace, runs.decided), []],
    [at(`ai/runs/${runs.shown}/compare/${runs.again}`), shown],
    [at("monitoring/replay-batches"), shown],
    [at(`monitoring/replay-batches/${batchId}`), shown],
    [at("schedules"), []],
    [at(`schedules/${scheduleId}`), shown],
    [at("workflows"), shown],
    ...["talking", "talking?view=graph", "talking?view=definition", "talking?view=difference", "waiting"].map(
      (path): [string, string[]] => [at(`workflows/${path}`), shown],
    ),
    [at("prompts"), shown],
    [at(`prompts/${promptId}`), shown],
    [at("tools"), ["address0", "named0", "described0", "changed0", "toolurl0", "toolabout0"]],
    [at("variables?environment=hostile"), shown],
    [at("models"), ["baseurl0", "by person0", "window.__xss"]],
    [at("members"), ["by person0", "window.__xss"]],
    [at("api-keys"), shown],
    [at("audit-log"), shown],
    [at("policies"), ["reason0", "person0"]],
    ["/account", []],
  ];
  for (const [path, shows] of pages) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first(), path).toBeVisible();
    for (const text of shows) await expect.soft(page.locator("body"), path).toContainText(text);
    await expectOnlyText(page, path);
  }
});

test("what one opens on a page to change something is text too", async ({ page, workspace }) => {
  test.slow();
  const open = async (path: string, button: string | RegExp, shows: string) => {
    await page.goto(`/${workspace.slug}/${path}`);
    const dialog = page.locator("[role=dialog], [role=alertdialog]");
    await expect(async () => {
      await page.getByRole("button", { name: button }).first().click();
      await expect(dialog).toBeVisible({ timeout: 1000 });
    }).toPass();
    const values = await dialog
      .locator("input")
      .evaluateAll((all) => all.map((each) => (each as HTMLInputElement).value));
    expect(`${await dialog.textContent()} ${values.join(" ")}`, `${path} ${button}`).toContain(shows);
    await expectOnlyText(page, `${path} ${button}`);
  };
  await open("tools", /^Mark named0/, "named0");
  await open("tools", /^Trust bank/, "named0");
  await open("tools", /^Change bank/, "address");
  await open("tools", "Delete hostile0", "hostile0");
  await open("models", "Replace key of p0", "baseurl0");
  await open("models", /^Retire/, "");
  await open("members", /^Remove/, "");
});

test("a mapping that somebody saved is text in the replay dialog", async ({ page, workspace }) => {
  const dialog = await openReplay(page, workspace, runs.shown);
  await dialog.getByLabel("Target version").selectOption({ label: "Version 2" });
  await expect(dialog.getByTestId("applied-mapping")).toContainText(/by person0 .*window\.__xss/);
  await expectOnlyText(page, "the applied mapping");
  await dialog.getByRole("button", { name: "Change mapping" }).click();
  await expect(page.getByRole("dialog", { name: "Map renamed nodes." }).getByLabel("Target for t0")).toBeVisible();
  await expectOnlyText(page, "the mapping dialog");
});

test("log lines are text, of a run and of a span", async ({ page, workspace }) => {
  test.slow();
  for (const [runId, nodeId] of [
    [runs.failed, "track"],
    [runs.decided, "ask0"],
  ] as const) {
    const { data } = (await apiOf("xss").call("GET", `/runs/${runId}/steps`)).body as { data: Step[] };
    const span = data.find((step) => step.nodeId === nodeId)?.spanId ?? "";
    for (const search of ["?tab=logs", `?tab=logs&span=${span}`]) {
      await page.goto(`${tracePath(workspace, runId)}${search}`);
      await traceIsOpen(page);
      await page.getByRole("tab", { name: "Logs" }).click();
      await expect(page.getByRole("list", { name: "Log lines" })).toContainText("window.__xss");
      await expectOnlyText(page, `${runId}${search}`);
    }
  }
});

test("what a run holds is text in each part of its trace, and in what one presses there", async ({
  page,
  workspace,
}) => {
  const api = apiOf("xss");
  for (const [runId, nodes] of [
    [runs.shown, ["t0", "all", "tell"]],
    [runs.failed, ["track"]],
    [runs.waiting, ["ask"]],
    [runs.decided, ["ask0", `ask${comments.length - 1}`]],
  ] as const) {
    const { data } = (await api.call("GET", `/runs/${runId}/steps`)).body as { data: Step[] };
    const steps = data.filter(({ nodeId }) => nodes.some((node) => node === nodeId));
    expect(steps).toHaveLength(nodes.length);
    for (const { spanId: id } of steps) {
      await page.goto(`${tracePath(workspace, runId)}?span=${id}`);
      await traceIsOpen(page);
      await expect(page.locator("body")).toContainText("window.__xss");
      const tabs = page.getByRole("tab");
      for (const tab of await tabs.all()) {
        await tab.click();
        await expectOnlyText(page, `${runId} ${id} ${await tab.textContent()}`);
      }
    }
  }
  await page.goto(tracePath(workspace, runs.shown));
  await traceIsOpen(page);
  await page.keyboard.press("r");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectOnlyText(page, "the replay dialog");
});

test("what an address holds is text on the page that reads it", async ({ page, workspace }) => {
  const at = (path: string) => `/${workspace.slug}/${path}`;
  const paths = [
    `${monitoringPath(workspace)}${hostileSearch("q", "tag", "workflow", "cursor", "trail", "from", "to", "status", "mode", "batch", "schedule")}`,
    `${at("monitoring/replay-batches")}${hostileSearch("cursor")}`,
    `${at("schedules")}${hostileSearch("cursor", "trail")}`,
    `${at(`monitoring/replay-batches/${batchId}`)}${hostileSearch("status", "cursor")}`,
    `${tracePath(workspace, runs.shown)}${hostileSearch("span", "view", "q", "tab", "filter")}`,
    `${monitoringPath(workspace, runs.shown)}${hostileSearch("span", "tab")}`,
    `${at("workflows/talking")}${hostileSearch("view", "version", "from")}`,
    `${at(`prompts/${promptId}`)}${hostileSearch("against", "revision")}`,
    ...["workflows", "prompts", "models", "members", "api-keys"].map(
      (path) => `${at(path)}${hostileSearch("q", "show", "cursor", "page")}`,
    ),
    `${at("variables")}${hostileSearch("environment")}`,
    `${at("audit-log")}${hostileSearch("q", "action", "actor", "target", "from", "to", "cursor")}`,
  ];
  for (const path of paths) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first(), path).toBeVisible();
    await expectOnlyText(page, path);
  }
});

test.describe("without a session", () => {
  test.use({ role: null });
  test("the sign-in page neither shows nor follows what its address holds", async ({ page }) => {
    for (const payload of ["javascript:window.__xss=1", "//evil.example/x", "data:text/html,x", "\\\\evil.example"]) {
      await page.goto(`/login?${new URLSearchParams({ callbackUrl: payload, error: everything })}`);
      await expect(page.getByRole("button").first()).toBeVisible();
      await expectOnlyText(page, payload);
    }
  });
});

test.describe("of a page that is not there", () => {
  test.use({ expectedErrors: [/status of 404/] });
  test("the address is text", async ({ page, workspace }) => {
    for (const share of packedPayloads(1500)) {
      await page.goto(`/${workspace.slug}/workflows/${encodeURIComponent(share)}`);
      await expect(page.getByText("Page not found")).toBeVisible();
      await expectOnlyText(page, share);
    }
  });
});

test("there are at least sixty payloads, and the marks by which they are found do find what they would make", async ({
  page,
}) => {
  expect(new Set(xssPayloads).size).toBeGreaterThanOrEqual(60);
  expect(workspaceOf("xss").slug).toContain("xss");
  await page.route("**/raw", (route) =>
    route.fulfill({
      contentType: "text/html",
      body: '<svg data-xss></svg><a href="JavaScript:x">x</a><img src=x onload=x>',
      headers: { "content-security-policy": "default-src 'none'; script-src-attr 'unsafe-inline'; img-src *" },
    }),
  );
  await page.route("**/x", (route) => route.fulfill({ body: "" }));
  await page.goto("/raw");
  expect(await page.locator(dangerous).count()).toBe(3);
});
