import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { closeDatabase, rawClient } from "#/db/client.ts";
import { scopes } from "#/lib/contract/access.ts";
import { startProvider, type Provider } from "#/lib/demo/provider/server.ts";
import { listeningUrl, startBackground, waitFor } from "#/lib/launcher/background-process.ts";
import { demoEnvironment } from "#/lib/launcher/demo-environment.ts";
import { startEphemeralCluster, type EphemeralCluster } from "#/lib/launcher/ephemeral-cluster.ts";
import { freePort } from "#/lib/launcher/free-port.ts";
import { startWeb, startWorker, webIsReady } from "#/lib/launcher/stack.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { createApiKey } from "#/lib/tenancy/create-api-key.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { migrateDatabase } from "#/lib/worker/migrate.ts";
import { push } from "#/tests/support/engine.ts";
import { createTenant, useDatabase } from "#/tests/support/tenants.ts";
import { KeptProcess } from "./kept-process.ts";
import { OrderService } from "./order-service.ts";
import { workloads } from "./workloads.ts";

/** Apart from the ports of tests and demo: what dies here must find its port free again. */
const databasePort = 17_300;
const webPort = 3_700;
const skewMs = 600_000;
/** Of each worker and web process in turn: right, ten minutes fast, ten minutes slow. */
const skews = [0, skewMs, -skewMs];
const limits = [4, 8, 12];
export const maxConnections = 150;

export type StageOptions = {
  workers: number;
  webs: number;
  /** The real pages' server (needs a build), or only the REST API. */
  pages: boolean;
  durability: "none" | "full";
};

export type ChaosWorkspace = {
  id: string;
  system: Ctx;
  apiKey: string;
  maxRunning: number;
};

export type Stage = {
  cluster: EphemeralCluster;
  databaseUrl: string;
  orders: OrderService;
  provider: Provider;
  workers: KeptProcess[];
  webs: (KeptProcess & { url: string })[];
  workspaces: ChaosWorkspace[];
  logDirectory: string;
  stop(keepLogs: boolean): Promise<void>;
};

/** Starts everything as an operator would: database, worker and web processes; and what their runs call. */
export async function startStage(options: StageOptions): Promise<Stage> {
  const logDirectory = mkdtempSync(join(tmpdir(), "reprise-chaos-"));
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (keepLogs: boolean) => {
    for (const step of undo.splice(0).toReversed()) await step();
    if (!keepLogs) rmSync(logDirectory, { recursive: true, force: true });
  };
  try {
    const cluster = await startEphemeralCluster(options.durability, {
      port: databasePort,
      // What was acknowledged must outlive a crash of the server, also where nothing is synced to disk.
      settings: { max_connections: String(maxConnections), synchronous_commit: "on" },
    });
    undo.push(() => cluster.stop());
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.once(name, () => void cluster.stop().finally(() => process.exit(130)));
    const databaseUrl = await freshDatabase(cluster);
    useDatabase(databaseUrl);
    const orders = await OrderService.start();
    undo.push(() => orders.close());
    const provider = await startProvider({ speed: 0.02 });
    undo.push(() => provider.close());
    undo.push(async () => {
      await stopQueue();
      await closeDatabase();
    });
    const workspaces: ChaosWorkspace[] = [];
    for (const maxRunning of limits) workspaces.push(await makeWorkspace(maxRunning, orders.url));
    const env = demoEnvironment(environmentOf(databaseUrl), { providerUrl: provider.url, ordersUrl: orders.url });
    const workers = Array.from({ length: options.workers }, (_, index) => keepWorker(index, env, logDirectory));
    undo.push(() => Promise.all(workers.map((worker) => worker.stop())));
    const webs: Stage["webs"] = [];
    undo.push(() => Promise.all(webs.map((web) => web.stop())));
    for (let n = 0; n < options.webs; n++) webs.push(await keepWeb(n, env, logDirectory, options.pages));
    for (const { process } of workers)
      await waitFor(process, 60_000, () => (process.log().includes("worker ready") ? true : null));
    return { cluster, databaseUrl, orders, provider, workers, webs, workspaces, logDirectory, stop };
  } catch (error) {
    await stop(true);
    throw error;
  }
}

async function freshDatabase(cluster: EphemeralCluster): Promise<string> {
  const sql = postgres(cluster.url("postgres"), { max: 1, onnotice: () => {} });
  await sql`create database chaos`;
  await sql.end();
  await migrateDatabase(cluster.url("chaos"));
  return cluster.url("chaos");
}

async function makeWorkspace(maxRunning: number, ordersUrl: string): Promise<ChaosWorkspace> {
  const { system, workspace } = await createTenant();
  await rawClient()`update workspaces set max_running = ${maxRunning} where id = ${workspace.id}`;
  await putVariables(system, "production", { variables: { ORDERS: ordersUrl } });
  for (const [slug, definition] of Object.entries(workloads)) await push(system, slug, definition);
  const { secret } = await createApiKey(system, { name: "chaos", scopes: [...scopes] });
  return { id: workspace.id, system, apiKey: secret, maxRunning };
}

/** Nothing of the developer's own configuration may reach the processes. */
function environmentOf(databaseUrl: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(REPRISE_(?!MASTER_KEYS)|ANTHROPIC_|OPENAI_|GITHUB_|OIDC_|NODE_|VITEST|PORT$)/.test(name),
  );
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    DATABASE_URL: databaseUrl,
    NEXTAUTH_SECRET: randomBytes(32).toString("base64url"),
    REPRISE_LOG_FORMAT: "json",
    REPRISE_WORKER_SLOTS: "10",
  };
}

function faulty(env: NodeJS.ProcessEnv, index: number, application: string): NodeJS.ProcessEnv {
  return {
    ...env,
    PGAPPNAME: application,
    NODE_OPTIONS: "--import ./tests/chaos/process-faults.ts",
    CHAOS_CLOCK_SKEW_MS: String(skews[index % skews.length]),
  };
}

function keepWorker(index: number, env: NodeJS.ProcessEnv, logDirectory: string): KeptProcess {
  const name = `worker-${index + 1}`;
  return new KeptProcess(name, () => startWorker({ env: faulty(env, index, "chaos-worker"), logDirectory }, name));
}

async function keepWeb(index: number, env: NodeJS.ProcessEnv, logDirectory: string, pages: boolean) {
  const name = `web-${index + 1}`;
  const port = await freePort(webPort + 10 * index);
  const url = pages ? `http://localhost:${port}` : `http://127.0.0.1:${port}`;
  const ownEnv = { ...faulty(env, index, "chaos-web"), NEXTAUTH_URL: url, PORT: String(port) };
  const web = new KeptProcess(name, () =>
    pages
      ? startWeb(port, { env: ownEnv, logDirectory }, name)
      : startBackground({ name, script: "tests/chaos/route-web.ts", env: ownEnv, logDirectory }),
  );
  if (pages) await webIsReady(web.process, url);
  else await listeningUrl(web.process);
  return Object.assign(web, { url });
}
