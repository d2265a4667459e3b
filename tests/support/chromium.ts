import { findChromium } from "#/lib/launcher/chromium.ts";

/** How the tests start the browser: headless, in any container, and without a request of its own to anywhere. */
export function chromiumLaunchOptions(): { executablePath: string; args: string[] } {
  return {
    executablePath: findChromium() ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      // All pages of a window share a process, and so what it has compiled: see `openSharedWindow`.
      "--process-per-site",
      // No page lives long enough to earn back what its scripts cost to optimise; what one has compiled the next one needs.
      "--js-flags=--sparkplug --no-maglev --no-opt --no-flush-bytecode",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  };
}
