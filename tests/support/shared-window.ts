import type { Browser, BrowserContext } from "playwright/test";

type Cookies = Parameters<BrowserContext["addCookies"]>[0];

/**
 * A browser window that lasts as long as its worker and is handed from test to test. A new one for each test loads and
 * compiles all scripts again, which costs more than what the tests do.
 */
export type SharedWindow = {
  context: BrowserContext;
  /** Begins a test: nothing kept by the one before, these cookies, these permissions. */
  enter(cookies: Cookies, permissions?: string[]): Promise<void>;
  /** Ends it: closes its pages. */
  leave(): Promise<void>;
};

/** Opens it on the site at `baseURL`; the browser needs `--process-per-site`, see `chromiumLaunchOptions`. */
export async function openSharedWindow(browser: Browser, baseURL: string): Promise<SharedWindow> {
  // No movement has to be waited for, and nothing is drawn only to be drawn over.
  const context = await browser.newContext({ baseURL, reducedMotion: "reduce" });
  // A page that stays: it keeps the site's process, which holds the compiled scripts, and reaches the site's storage.
  const keeper = await context.newPage();
  await keeper.goto("/api/health/live");
  return {
    context,
    enter: async (cookies, permissions = []) => {
      await context.clearCookies();
      await context.addCookies(cookies);
      await context.clearPermissions();
      await context.grantPermissions(permissions);
      await keeper.evaluate(() => localStorage.clear());
    },
    leave: async () => {
      for (const page of context.pages()) if (page !== keeper) await page.close();
    },
  };
}
