import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Browser, type Page } from "playwright";
import { ensureChromium } from "./chromium.ts";
import { readDemoRecord } from "./demo-record.ts";
import { homeDirectory, repository } from "./paths.ts";
import { runCommand } from "./shutdown.ts";

const themes = ["light", "dark"] as const;
const folder = join(repository, "docs/images");
const size = { width: 1280, height: 800 };
/** A run of the demo that pays a refund. */
const scenario = "scenario:damaged-lamp";

type Runs = { original: string; replay: string };
type Login = { email: string; password: string; apiKey: string; workspaceSlug: string };

/** Takes the pictures of the README from the demo that is running here: the trace viewer and the replay dialog. */
await runCommand(async () => {
  const url = readDemoRecord()?.url;
  if (!url) throw new Error("the demo is not running here; start it with npm run demo");
  const login = JSON.parse(readFileSync(join(homeDirectory(), "demo-login.json"), "utf8")) as Login;
  mkdirSync(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ["--no-sandbox"] });
  try {
    const runs = await bothRuns(url, login);
    for (const theme of themes) await takeBoth(browser, { url, login, runs, theme });
  } finally {
    await browser.close();
  }
  return 0;
});

/** The original, and a replay of it as-is, which makes no mutating call. */
async function bothRuns(url: string, login: Login): Promise<Runs> {
  const headers = { authorization: `Bearer ${login.apiKey}`, "content-type": "application/json" };
  const ask = async <T>(path: string, more: RequestInit = {}): Promise<T> => {
    const response = await fetch(`${url}/api/v1${path}`, { headers, ...more });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as T;
  };
  const { data } = await ask<{ data: { id: string }[] }>(
    `/runs?tag=${encodeURIComponent(scenario)}&mode=original&limit=1`,
  );
  const [original] = data;
  if (!original) throw new Error(`the demo has no run with the tag ${scenario}; npm run demo -- --reset makes one`);
  const replay = await ask<{ id: string }>(`/runs/${original.id}/replay`, { method: "POST", body: "{}" });
  for (let tries = 0; tries < 60; tries++) {
    const { status } = await ask<{ status: string }>(`/runs/${replay.id}`);
    if (status === "completed") return { original: original.id, replay: replay.id };
    await sleep(500);
  }
  throw new Error(`the replay ${replay.id} did not complete within 30 s`);
}

async function takeBoth(
  browser: Browser,
  { url, login, runs, theme }: { url: string; login: Login; runs: Runs; theme: (typeof themes)[number] },
): Promise<void> {
  const page = await browser.newPage({ viewport: size, colorScheme: theme, reducedMotion: "reduce" });
  await page.goto(`${url}/login`);
  await page.getByLabel("Email").fill(login.email);
  await page.getByLabel("Password", { exact: true }).fill(login.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(`${url}/${login.workspaceSlug}/**`);
  const trace = `${url}/${login.workspaceSlug}/ai/runs`;
  await page.goto(`${trace}/${runs.replay}`);
  await page
    .getByRole("row", { name: /refund_order/ })
    .first()
    .click();
  await page.getByLabel("Inspector").getByText("Verdict", { exact: true }).waitFor();
  await take(page, `trace-${theme}`);
  await page.goto(`${trace}/${runs.original}`);
  await page.getByRole("row").first().waitFor();
  await page.keyboard.press("r");
  await page.getByRole("dialog").getByText("Ready to replay").waitFor();
  await take(page, `replay-${theme}`);
  await page.close();
}

/** As WebP, which Playwright itself does not write. */
async function take(page: Page, name: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 80 });
  writeFileSync(join(folder, `${name}.webp`), Buffer.from(data, "base64"));
  console.log(`docs/images/${name}.webp`);
}
