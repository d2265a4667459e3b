import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { closeDatabase, database, rawClient } from "#/db/client.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { waitFor, type BackgroundProcess } from "#/lib/launcher/background-process.ts";
import { startWorker } from "#/lib/launcher/stack.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { lease } from "#/lib/queue/lease.ts";
import { readEvents } from "#/lib/runs/read-events.ts";
import type { Ctx } from "#/lib/tenancy/ctx.ts";
import { putVariables } from "#/lib/tenancy/variables.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { rests } from "./rests.ts";
import { createTenant, useDatabase, type Tenant } from "./tenants.ts";
import { startToolServer, type ToolServer } from "./tool-server.ts";

/** How the workers' connections are told from the test's own. */
export const workerApplication = "reprise-test-worker";

export type Fleet = {
  tenant: Tenant;
  tools: ToolServer;
  /** All workers that were started, including those that have ended. */
  workers: readonly BackgroundProcess[];
  /** Starts a worker process and waits until it claims. Kill it by its `pid`. */
  addWorker(env?: Record<string, string>): Promise<BackgroundProcess>;
  /**
   * Lets the lease of every run in hand run out now: the last beats are dated back, as if the time had passed. For runs
   * whose worker is stopped or dead; a live worker beats again.
   */
  expireLeases(): Promise<void>;
  /** Breaks every connection that worker processes have to the database, as its restart does. */
  disconnectWorkers(): Promise<number>;
  stop(): Promise<void>;
};

/** Real worker processes over a database of their own, a tool server in this process, and a workspace to run in. */
export async function startFleet(options: { maxRunning?: number; slots?: number; env?: Record<string, string> } = {}) {
  const testDatabase: TestDatabase = await createTestDatabase();
  useDatabase(testDatabase.url);
  const tools = await startToolServer();
  const logDirectory = mkdtempSync(join(tmpdir(), "reprise-fleet-"));
  const tenant = await createTenant();
  if (options.maxRunning)
    await rawClient()`update workspaces set max_running = ${options.maxRunning} where id = ${tenant.workspace.id}`;
  await putVariables(tenant.system, "production", { variables: { TOOLS: tools.url } });
  const workers: BackgroundProcess[] = [];
  const egress = [tools.host, options.env?.["REPRISE_EGRESS_ALLOW"]].filter(Boolean).join(",");
  const fleet: Fleet = {
    tenant,
    tools,
    workers,
    async addWorker(env = {}) {
      const worker = startWorker(
        {
          env: {
            ...process.env,
            REPRISE_WORKER_SLOTS: String(options.slots ?? 10),
            REPRISE_LOG_FORMAT: "json",
            REPRISE_LOG_LEVEL: "info",
            PGAPPNAME: workerApplication,
            ...options.env,
            REPRISE_EGRESS_ALLOW: egress,
            ...env,
          },
          logDirectory,
        },
        `worker-${workers.length + 1}`,
      );
      workers.push(worker);
      await waitFor(worker, 30_000, () => (worker.log().includes("worker ready") ? true : null));
      return worker;
    },
    async expireLeases() {
      await rawClient()`update pgboss.job set heartbeat_on = heartbeat_on - ${`${lease.expiresAfterMs} ms`}::interval
        where state = 'active'`;
    },
    async disconnectWorkers() {
      const ended = await rawClient()`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = ${workerApplication}`;
      return ended.length;
    },
    async stop() {
      for (const worker of workers) if (!worker.hasExited()) process.kill(worker.pid, "SIGCONT");
      await Promise.all(workers.map((worker) => worker.stop(5000)));
      await stopQueue();
      await closeDatabase();
      await tools.close();
      await testDatabase.drop();
      rmSync(logDirectory, { recursive: true, force: true });
    },
  };
  return fleet;
}

/** A tool node of the tool server that takes `ms`. */
export function toolNode(id: string, method: "GET" | "POST", ms: number | string, more: object = {}) {
  const url = `{{ env.TOOLS }}/tool?run={{ run.id }}&node=${id}&ms=${ms}`;
  return { id, type: "tool", http: { method, url }, ...more };
}

/** Nodes one after the other. */
export function chain(nodes: { id: string }[]) {
  return nodes.map((node, index) => (index === 0 ? node : { needs: [nodes[index - 1]!.id], ...node }));
}

/** Two calls that may be made again and two that may not, in a row; the third is long enough to be interrupted. */
export const readsAndCharges = {
  name: "steps",
  nodes: chain([
    toolNode("read", "GET", 60),
    toolNode("charge", "POST", 60),
    toolNode("again", "GET", 250),
    toolNode("last", "POST", 0),
  ]),
};

/** Waits until a condition holds; fails with `what` after `withinMs`. */
export async function until(
  what: string,
  condition: () => Promise<boolean> | boolean,
  withinMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  const rest = rests();
  for (;;) {
    const looked = condition();
    if (await looked) return;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    // What this process knows by itself is looked at often: it may pass.
    await (looked instanceof Promise ? rest() : sleep(15));
  }
}

export type RunState = {
  id: string;
  status: string;
  reason: string | null;
  admitted: boolean;
  owner: string | null;
  code: string | null;
};

/** The rows of all runs of a workspace, as the database has them. */
export async function runStates(workspaceId: string): Promise<RunState[]> {
  return rawClient()<RunState[]>`select id, status, status_reason as reason, admitted_at is not null as admitted, owner,
    error->>'code' as code from runs where workspace_id = ${workspaceId} order by id`;
}

export async function allFinal(workspaceId: string): Promise<boolean> {
  const [row] = await rawClient()<{ open: number }[]>`
    select count(*)::int as open from runs where workspace_id = ${workspaceId} and finished_at is null`;
  return row?.open === 0;
}

/** The event numbers of a run that are missing between 1 and its last: must be none. */
export async function eventGaps(ctx: Ctx, runId: string): Promise<number[]> {
  const { data, final } = await readEvents({ ...ctx, db: database() }, runId, 0);
  const seen = data.map((event) => event.seq);
  const last = seen.at(-1) ?? 0;
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter((seq) => !seen.includes(seq));
  const [row] = await rawClient()<{ rev: number }[]>`select rev from runs where id = ${runId}`;
  if (seen.length !== new Set(seen).size) throw new Error(`run ${runId} has an event number twice: ${seen.join(" ")}`);
  if (final && row?.rev !== last) throw new Error(`run ${runId} ends at ${row?.rev}, its last event is ${last}`);
  return missing;
}

/** Everything that is stored of a run, to compare before and after. */
export async function storedRun(runId: string): Promise<string> {
  const sql = rawClient();
  const parts = await Promise.all([
    sql`select * from runs where id = ${runId}`,
    sql`select * from run_bodies where run_id = ${runId}`,
    sql`select * from run_events where run_id = ${runId} order by seq`,
    sql`select * from spans where run_id = ${runId} order by seq`,
    sql`select b.* from span_bodies b join spans s on s.id = b.span_id where s.run_id = ${runId} order by b.span_id`,
  ]);
  return JSON.stringify(parts);
}

export async function statusOf(runId: string): Promise<string> {
  const [row] = await rawClient()<{ status: string }[]>`select status from runs where id = ${runId}`;
  return row?.status ?? "gone";
}

export async function isFinished(runId: string): Promise<boolean> {
  const status = await statusOf(runId);
  return isFinal(status as Parameters<typeof isFinal>[0]);
}
