import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "playwright/test";
import type { Role } from "#/lib/contract/access.ts";
import type { E2eSeed } from "./global-setup-e2e.ts";
import { httpApi, type HttpApi } from "./http-api.ts";
import type { SeededWorkspace } from "./seeded-workspace.ts";
import { openSharedWindow, type SharedWindow } from "./shared-window.ts";

type Options = {
  role: Role | null;
  workspaceName: string;
  /** Console errors that are a test's purpose; everything else in the console fails it. */
  expectedErrors: RegExp[];
};
type Fixtures = {
  /** The workspace of this spec file, and its REST API with a key of every scope. */
  workspace: SeededWorkspace;
  api: HttpApi;
  /** A page in somebody else's window, a new one at each call, signed in as `role` (default: nobody). */
  elsewhere: (role?: Role) => Promise<Page>;
  watched: void;
};
type WorkerFixtures = {
  /** The n-th window of this worker (0: the test's own). */
  windowAt: (n: number) => Promise<SharedWindow>;
};

export const seed = (): E2eSeed => JSON.parse(process.env["REPRISE_E2E_SEED"] ?? "null") as E2eSeed;
export const baseUrl = (): string => process.env["REPRISE_E2E_URL"] ?? "";
export const workspaceOf = (name: string): SeededWorkspace => {
  const workspace = seed().workspaces[name];
  if (!workspace) throw new Error(`no workspace is seeded under ${name}`);
  return workspace;
};
export const apiOf = (name: string): HttpApi => httpApi(baseUrl(), workspaceOf(name).key);

/** The cookies of a browser that is signed in as `role` (null = nobody). */
function cookiesOf(role: Role | null) {
  const cookies = role === null ? [] : seed().cookies[role];
  return cookies.map(([name, value]) => ({
    ...{ name, value, domain: "localhost", path: "/", expires: -1 },
    ...{ httpOnly: true, secure: false, sameSite: "Lax" as const },
  }));
}

/**
 * A test that is signed in as `role` (default: operator; null = nobody) and fails when the page logs an error, throws,
 * breaks its content security policy, or asks anything of another host.
 */
export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  role: ["operator", { option: true }],
  workspaceName: ["pages", { option: true }],
  windowAt: [
    async ({ browser }, use) => {
      const windows: Promise<SharedWindow>[] = [];
      await use((n) => (windows[n] ??= openSharedWindow(browser, baseUrl())));
    },
    { scope: "worker" },
  ],
  context: async ({ windowAt, role, permissions }, use) => {
    const window = await windowAt(0);
    await window.enter(cookiesOf(role), permissions);
    await use(window.context);
    await window.leave();
  },
  page: async ({ context, viewport }, use) => {
    const page = await context.newPage();
    if (viewport) await page.setViewportSize(viewport);
    await use(page);
  },
  elsewhere: async ({ windowAt }, use) => {
    const entered: SharedWindow[] = [];
    await use(async (role) => {
      const window = await windowAt(entered.length + 1);
      entered.push(window);
      await window.enter(cookiesOf(role ?? null));
      return window.context.newPage();
    });
    for (const window of entered) await window.leave();
  },
  workspace: async ({ workspaceName }, use) => use(workspaceOf(workspaceName)),
  api: async ({ workspaceName }, use) => use(apiOf(workspaceName)),
  expectedErrors: async ({ workspaceName: _ }, use) => use([]),
  watched: [
    async ({ page, expectedErrors }, use) => {
      const faults: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "error") faults.push(`console: ${message.text()} (${message.location().url})`);
      });
      // The browser itself logs every 4xx answer; it is for the page to say that an action was refused.
      const refused: string[] = [];
      page.on("response", (response) => {
        if (response.request().headers()["next-action"] && response.status() >= 400 && response.status() < 500)
          refused.push(`a status of ${response.status()} `, response.url());
      });
      const isRefusal = (fault: string) =>
        fault.startsWith("console: Failed to load resource") &&
        refused.filter((part) => fault.includes(part)).length > 1;
      await page.addInitScript(() =>
        document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile }) =>
          console.error(`content security policy: ${effectiveDirective} refused ${blockedURI} (${sourceFile})`),
        ),
      );
      page.on("pageerror", (error) => faults.push(`thrown: ${error.message}`));
      page.on("request", (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (/^(https?|wss?):$/.test(protocol) && hostname !== "localhost")
          faults.push(`left localhost: ${request.url()}`);
      });
      await use();
      const unexpected = faults.filter((fault) => !isRefusal(fault));
      expect(unexpected.filter((fault) => !expectedErrors.some((expected) => expected.test(fault)))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

const accessibilityRules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** axe on the page as it is now, with the rules of WCAG 2.2 AA; names what it finds. */
export async function expectAccessible(page: Page): Promise<void> {
  await expectNoViolations((await axeOn(page)).withTags(accessibilityRules));
}

/** The same, and the contrast in the other theme too: only colours change with it, the page stays as it is. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  await expectAccessible(page);
  const html = page.locator("html");
  const isDark = await html.evaluate((element) => element.classList.contains("dark"));
  const look = async (dark: boolean) => {
    await page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    await expect(html).toHaveClass(dark ? /(^| )dark( |$)/ : /(^| )light( |$)/);
  };
  await look(!isDark);
  await expectNoViolations((await axeOn(page)).withRules(["color-contrast"]));
  await look(isDark);
}

/** Our pages have no frames, so axe needs no extra page to gather its findings; one that exists is used again. */
async function axeOn(page: Page): Promise<AxeBuilder> {
  const isThere = await page.evaluate(() => "axe" in window);
  const axe = new AxeBuilder({ page, ...(isThere ? { axeSource: ";" } : {}) });
  return axe.options({ resultTypes: ["violations"] }).setLegacyMode();
}

async function expectNoViolations(axe: AxeBuilder): Promise<void> {
  const { violations } = await axe.analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
  );
  expect(found).toEqual([]);
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { scroll, client } = await page.evaluate(() => ({
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
  }));
  expect(scroll).toBeLessThanOrEqual(client);
}

/** The toast with this title. */
export const toast = (page: Page, title: string) => page.locator("[data-sonner-toast]").filter({ hasText: title });

export const tracePath = (workspace: SeededWorkspace, runId: string) => `/${workspace.slug}/ai/runs/${runId}`;
export const monitoringPath = (workspace: SeededWorkspace, runId = "") =>
  `/${workspace.slug}/monitoring/workflow-runs${runId ? `/${runId}` : ""}`;

/** Opens a run's trace and waits until its rows are drawn; from then on the keys work. */
export async function openTrace(page: Page, workspace: SeededWorkspace, runId: string, search = ""): Promise<void> {
  await page.goto(`${tracePath(workspace, runId)}${search}`);
  await traceIsOpen(page);
}

export async function traceIsOpen(page: Page): Promise<void> {
  await expect(page.getByRole("treegrid", { name: "Spans of this run" }).getByRole("row").first()).toBeVisible();
}
