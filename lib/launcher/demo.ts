import { rmSync } from "node:fs";
import { join } from "node:path";
import { describeExit, tail, type BackgroundProcess } from "./background-process.ts";
import { endOrphans, readDemoRecord } from "./demo-record.ts";
import { demoEnvironment } from "./demo-environment.ts";
import { DemoSession } from "./demo-session.ts";
import { readDemoAccess, welcome, type DemoAccess } from "./demo-welcome.ts";
import { configuredPort, processEnvironment } from "./environment.ts";
import { exclusively } from "./exclusive.mjs";
import { runNode } from "./foreground.ts";
import { freePort } from "./free-port.ts";
import { buildPages } from "./next-build.ts";
import { homeDirectory, homeSubdirectory } from "./paths.ts";
import { dropEmbeddedDatabase, type Database } from "./postgres.ts";
import { migratedDatabase } from "./prepared-database.ts";
import { runCommand, shutdownSignal, whenShutDown } from "./shutdown.ts";
import { startDemoServer, startWeb, startWorker, webIsReady, type ProcessContext } from "./stack.ts";
import { keepDatabaseRunning, keepRunning } from "./supervision.ts";

const providerPort = 4010;
const ordersPort = 4020;

await runCommand(async () => {
  const reset = readArguments(process.argv.slice(2));
  const shutdown = shutdownSignal();
  // One demo for each home; one that is just ending is waited for.
  return exclusively(`${homeDirectory()}/demo`, () => runDemo(reset, shutdown), {
    timeoutMs: 15_000,
    onWait: () => say("Another demo runs here; waiting a moment for it to end…"),
    busy: () => {
      const record = readDemoRecord();
      return `The demo is already running${record ? ` at ${record.url} (process ${record.launcher?.pid})` : ""}.`;
    },
  });
});

function readArguments(args: string[]): boolean {
  const unknown = args.filter((arg) => arg !== "--reset");
  if (unknown.length > 0) throw new Error(`unknown argument ${unknown[0]}; usage: npm run demo [-- --reset]`);
  if (args.length > 0 && process.env.DATABASE_URL) {
    throw new Error("--reset deletes the embedded database only; DATABASE_URL is set, and that database is left alone");
  }
  return args.length > 0;
}

async function runDemo(reset: boolean, shutdown: AbortSignal): Promise<number> {
  const previous = readDemoRecord();
  const orphans = previous ? await endOrphans(previous) : 0;
  if (orphans > 0) say(`Ended ${orphans} processes of an earlier demo that had been killed.`);
  if (reset) await forgetEverything();
  const url = `http://localhost:${await freePort(configuredPort())}`;
  const session = new DemoSession(url);
  let exitCode = 0;
  try {
    const started = startEverything(session, url, previous?.databasePid ?? null);
    const outcome = await Promise.race([started, whenShutDown().then(() => null)]);
    if (outcome) {
      say(welcome(url, outcome.access, homeDirectory()));
      exitCode = await Promise.race([webCrash(outcome.web), whenShutDown().then(() => 0)]);
    } else {
      started.catch(() => {});
    }
  } catch (error) {
    if (!shutdown.aborted) {
      say(`\nThe demo did not start: ${error instanceof Error ? error.message : String(error)}`);
      exitCode = 1;
    }
  }
  if (shutdown.aborted) say("\nStopping…");
  await session.end();
  return exitCode;
}

async function startEverything(
  session: DemoSession,
  url: string,
  inheritedDatabase: number | null,
): Promise<{ access: DemoAccess; web: BackgroundProcess }> {
  const pages = timed("pages", buildForDemo());
  // Looked at below; until then a failure of the other branch must not leave this one unhandled.
  pages.catch(() => {});
  const database = await timed("database", session.ownDatabase(migratedDatabase(), inheritedDatabase));
  const base = await processEnvironment({ databaseUrl: database.servingUrl, webUrl: url, useGeneratedSecrets: true });
  const logDirectory = homeSubdirectory("logs");
  const servers = await timed("offline provider and order service", startServers(session, { env: base, logDirectory }));
  const context = { env: demoEnvironment(base, servers), logDirectory };
  supervised(session, "serving", () => startWorker(context));
  const [access, web] = await Promise.all([
    timed("demo workspace", createDemoData(context.env, servers)),
    pages.then(() => serve(session, url, context)),
  ]);
  const onRestart = (restarted: Database) => session.databaseRestarted(restarted);
  keepDatabaseRunning(database, { onRestart, report: say, stopping: session.stopping.signal }).catch((error: unknown) =>
    say(`PostgreSQL does not start again: ${String(error)}`),
  );
  return { access, web };
}

async function serve(session: DemoSession, url: string, context: ProcessContext): Promise<BackgroundProcess> {
  const web = startWeb(Number(new URL(url).port), context);
  session.add(web, "serving");
  await timed("first page", webIsReady(web, url));
  return web;
}

async function startServers(session: DemoSession, context: ProcessContext) {
  const ordersFile = join(homeDirectory(), "demo-orders.json");
  const [provider, orders] = await Promise.all([
    startDemoServer("provider", providerPort, context),
    startDemoServer("orders", ordersPort, { ...context, env: { ...context.env, DEMO_ORDERS_FILE: ordersFile } }),
  ]);
  for (const server of [provider, orders]) supervised(session, "behind", server.restart, server.process);
  return { providerUrl: provider.url, ordersUrl: orders.url };
}

function supervised(
  session: DemoSession,
  role: "serving" | "behind",
  start: () => BackgroundProcess,
  running: BackgroundProcess = start(),
): void {
  const add = (process: BackgroundProcess) => session.add(process, role);
  add(running);
  void keepRunning(running, { start, onRestart: add, report: say, stopping: session.stopping.signal });
}

async function buildForDemo(): Promise<void> {
  const { ok, output } = await buildPages("capture");
  if (!ok) throw new Error(`the pages could not be built\n${output.trimEnd()}`);
}

async function createDemoData(env: NodeJS.ProcessEnv, servers: { providerUrl: string; ordersUrl: string }) {
  const demoEnv = { ...env, DEMO_PROVIDER_URL: servers.providerUrl, DEMO_ORDERS_URL: servers.ordersUrl };
  const { code, output } = await runNode("lib/demo/seed.ts", [], { env: demoEnv, output: "capture" });
  if (code !== 0) throw new Error(`the demo workspace could not be created\n${output.trimEnd()}`);
  return readDemoAccess(output);
}

async function webCrash(web: BackgroundProcess): Promise<number> {
  const exit = await web.exited;
  if (!shutdownSignal().aborted) say(`\nThe web server ended (${describeExit(exit)}), so the demo ends.\n${tail(web)}`);
  return 1;
}

async function forgetEverything(): Promise<void> {
  await dropEmbeddedDatabase();
  rmSync(join(homeDirectory(), "demo-orders.json"), { force: true });
  say("Deleted the embedded database; starting afresh.");
}

async function timed<T>(what: string, work: Promise<T>): Promise<T> {
  const since = performance.now();
  const result = await work;
  if (!shutdownSignal().aborted) say(`  ${what} ready (${((performance.now() - since) / 1000).toFixed(1)} s)`);
  return result;
}

function say(text: string): void {
  console.log(text);
}
