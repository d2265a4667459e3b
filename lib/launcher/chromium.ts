import { execFileSync, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";

/** Debian's Chromium without what draws a window comes first: it uses a fifth less processor time. */
const packages = ["chromium-headless-shell", "chromium"];
const usualPlaces = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
];

/** The browser for the tests: `REPRISE_CHROMIUM`, else the system's Chromium or Chrome, headless if it can; null if there is none. */
export function findChromium(): string | null {
  const named = process.env.REPRISE_CHROMIUM;
  return [...(named ? [named] : usualPlaces)].find(isExecutable) ?? null;
}

/**
 * Installs Debian's Chromium if there is no browser; needs root.
 * @throws {Error} with one line that says what is missing
 */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found) return found;
  const advice = "install Chromium (Debian: apt-get install chromium) or name a browser in REPRISE_CHROMIUM";
  if (process.env.REPRISE_CHROMIUM) throw new Error(`REPRISE_CHROMIUM names no program; ${advice}`);
  if (process.getuid?.() !== 0 || !hasAptGet()) throw new Error(`there is no browser for the browser tests; ${advice}`);
  console.error("Installing Chromium…");
  if ((await aptGet(["update"])) !== 0) throw new Error(`apt-get update failed; ${advice}`);
  if (!(await installOneOf(packages))) throw new Error(`apt-get install failed; ${advice}`);
  const installed = findChromium();
  if (!installed) throw new Error(`apt-get installed no browser; ${advice}`);
  return installed;
}

/** Installs the first of these packages that exists: not every release has each. */
async function installOneOf(names: readonly string[]): Promise<boolean> {
  for (const name of names) if ((await aptGet(["install", "-y", "--no-install-recommends", name])) === 0) return true;
  return false;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function hasAptGet(): boolean {
  try {
    execFileSync("apt-get", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function aptGet(args: string[]): Promise<number> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return new Promise((resolve) => {
    // Another apt-get may be at work on a machine that has just been made.
    const child = spawn("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=120", ...args], {
      stdio: ["ignore", "ignore", 2],
      env,
    });
    child.once("error", () => resolve(127));
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
