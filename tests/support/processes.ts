import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { demoEnvironment } from "#/lib/launcher/demo-environment.ts";
import { onFreePort } from "#/lib/launcher/free-port.ts";
import { buildPages } from "#/lib/launcher/next-build.ts";
import { startDemoServer, startWeb, startWorker, webIsReady, type ProcessContext } from "#/lib/launcher/stack.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";

const webPort = 3_200;
const providerPort = 4_200;
const ordersPort = 4_400;

export type StackOptions = {
  /**
   * Web processes over the one database (default 1). They serve the build, which is made first if it is out of date.
   */
  webs?: number;
  /** Worker processes (default 1). */
  workers?: number;
  /** Use this migrated database instead of a fresh copy of the template; it is not dropped at the end. */
  databaseUrl?: string;
  /** More environment for web and worker processes, e.g. `REPRISE_WORKER_SLOTS`. */
  env?: Record<string, string>;
  /** Factor on the offline provider's delays (0: none, the default in tests). */
  providerSpeed?: number;
};

export type Stack = {
  /** As the owner of the tables. Web and worker connect with the application's role (`env.DATABASE_URL`). */
  databaseUrl: string;
  /** `http://localhost:PORT` of each web process. */
  baseUrls: string[];
  /** Address of the offline model provider, see lib/demo/provider. */
  providerUrl: string;
  /** Address of the order service, see lib/demo/orders. */
  ordersUrl: string;
  webs: BackgroundProcess[];
  /** The workers, in the order in which they were started; kill one by its `pid`. */
  workers: BackgroundProcess[];
  /** The environment that web and worker processes run with, for starting a CLI or calling lib/ in this process. */
  env: NodeJS.ProcessEnv;
  /** Adds a worker, e.g. after one was killed. */
  addWorker(): BackgroundProcess;
  /** Ends all processes and drops the database. */
  stop(): Promise<void>;
};

/** Starts real processes as an operator would: provider, order service, workers, web; over one test database. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { webs: webCount = 1, workers: workerCount = 1 } = options;
  const logDirectory = mkdtempSync(join(tmpdir(), "reprise-stack-"));
  const undo: (() => Promise<void>)[] = [async () => rmSync(logDirectory, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  const stopsLater = (processes: BackgroundProcess[]) =>
    undo.push(async () => void (await Promise.all(processes.map((process) => process.stop(5_000)))));
  try {
    if (webCount > 0) await requireBuild();
    const { url: databaseUrl, applicationUrl } = options.databaseUrl
      ? { url: options.databaseUrl, applicationUrl: options.databaseUrl }
      : await ownDatabase(undo);
    const base: ProcessContext = { env: testEnvironment(applicationUrl, options), logDirectory };
    const behind: BackgroundProcess[] = [];
    stopsLater(behind);
    const provider = await startDemoServer("provider", providerPort, base);
    behind.push(provider.process);
    const orders = await startDemoServer("orders", ordersPort, base);
    behind.push(orders.process);
    const env = demoEnvironment(base.env, { providerUrl: provider.url, ordersUrl: orders.url });
    const workers: BackgroundProcess[] = [];
    const webs: BackgroundProcess[] = [];
    stopsLater(workers);
    stopsLater(webs);
    const addWorker = () => {
      const worker = startWorker({ env, logDirectory }, `worker-${workers.length + 1}`);
      workers.push(worker);
      return worker;
    };
    for (let n = 0; n < workerCount; n++) addWorker();
    const baseUrls: string[] = [];
    for (let n = 0; n < webCount; n++) baseUrls.push(await addWeb(webs, { env, logDirectory }));
    return {
      ...{ databaseUrl, baseUrls, providerUrl: provider.url, ordersUrl: orders.url },
      ...{ webs, workers, env, addWorker, stop },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function addWeb(webs: BackgroundProcess[], context: ProcessContext): Promise<string> {
  return onFreePort(webPort, async (port) => {
    const url = `http://localhost:${port}`;
    const web = startWeb(port, { ...context, env: { ...context.env, NEXTAUTH_URL: url } }, `web-${webs.length + 1}`);
    webs.push(web);
    await webIsReady(web, url);
    return url;
  });
}

async function ownDatabase(undo: (() => Promise<void>)[]): Promise<TestDatabase> {
  const database = await createTestDatabase();
  undo.push(() => database.drop());
  return database;
}

/** Makes the build if it is not there, or waits for whoever makes it. */
export async function requireBuild(): Promise<void> {
  const { ok, output } = await buildPages("capture");
  if (!ok) throw new Error(`the pages could not be built\n${output}`);
}

/** Nothing of the developer's own configuration may reach a test. */
function testEnvironment(databaseUrl: string, options: StackOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(REPRISE_|NEXTAUTH_|ANTHROPIC_|OPENAI_|GITHUB_|OIDC_|NODE_|VITEST|PORT$|DATABASE_URL$)/.test(name),
  );
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    DATABASE_URL: databaseUrl,
    NEXTAUTH_SECRET: randomBytes(32).toString("base64url"),
    NEXTAUTH_URL: "http://localhost:3000",
    REPRISE_MASTER_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    REPRISE_LOG_FORMAT: "json",
    DEMO_PROVIDER_SPEED: String(options.providerSpeed ?? 0),
    ...options.env,
  };
}
