import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { closeDatabase, database, rawClient } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements } from "#/lib/queue/notify.ts";
import { admit } from "#/lib/runs/admission-store.ts";
import { createRun } from "#/lib/runs/create-run.ts";
import { findVersion } from "#/lib/workflows/version-store.ts";
import { loadWorkflow } from "#/lib/workflows/list-workflows.ts";
import { push } from "#/tests/support/engine.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";
import { lockWorkspace } from "#/lib/tenancy/workspace-lock-store.ts";
import { cpuTimeMs } from "./cpu-time.ts";
import { ask, startHelperProcess, startWorkerProcess, type Child } from "./engine-processes.ts";
import { median, quick, report, round } from "./measure.ts";
import { kinds, slugOf, stepCount, tenSteps, type Kind } from "./ten-steps.ts";

/**
 * Steps per second of the engine (two worker processes of 25 slots) against a loop that only writes the same rows, one
 * commit a step (two processes of 25 connections), in turns over one database; with steps that compute, which share their
 * commits, and with calls, each of which has its own. The runs are there before the clock starts.
 */
const passes = quick ? 1 : 3;
const runsPerPass = quick ? 60 : 300;
const slots = 25;

type Run = { id: string; workspaceId: string };

async function prepare(kind: Kind, tenants: Tenant[], count: number): Promise<Run[]> {
  const runs: Run[] = [];
  for (let n = 0; n < count; n++) {
    const { system: ctx } = tenants[n % tenants.length]!;
    const workflow = await loadWorkflow(ctx, slugOf(kind));
    const version = await findVersion(ctx.db, workflow.id, "latest");
    const row = await database().transaction(async (tx) => {
      const spec = { workflow, version: version!, payload: {}, trigger: "api", environment: "production" } as const;
      await lockWorkspace(tx, ctx.workspace.id);
      const created = await createRun(ctx, tx, spec);
      // Out of the workers' sight (they look for queued runs that nobody admitted) until the clock starts.
      await tx.execute(sql`update runs set status = 'paused', status_reason = null where id = ${created.id}`);
      return created;
    });
    runs.push({ id: row.id, workspaceId: row.workspaceId });
  }
  return runs;
}

/** Seconds from the admission of the first runs to the end of the last one, by the database's clock. */
async function enginePass(tenants: Tenant[], runs: Run[]): Promise<number> {
  const ids = runs.map((run) => run.id);
  await rawClient()`update runs set status = 'pending', status_reason = 'queued' where id = any(${ids})`;
  const [start] = await rawClient()<{ at: number }[]>`select extract(epoch from clock_timestamp())::float8 as at`;
  await Promise.all(
    tenants.map(({ workspace }) =>
      database().transaction(async (tx) => {
        await lockWorkspace(tx, workspace.id);
        await admit(tx, [workspace.id]);
      }),
    ),
  );
  // Asked seldom and cheaply: the question is paid for by the engine's CPU time.
  for (;;) {
    const [row] = await rawClient()<{ open: boolean }[]>`
      select exists (select 1 from runs where status = 'pending' and admitted_at is null) or exists (
        select 1 from runs where admitted_at is not null) as open`;
    if (!row!.open) break;
    await sleep(100);
  }
  const [end] = await rawClient()<{ completed: number; last: number }[]>`
    select count(*) filter (where status = 'completed')::int as completed, extract(epoch from max(finished_at))::float8 as last
    from runs where id = any(${ids})`;
  if (end!.completed !== ids.length) throw new Error("a run failed");
  return end!.last - start!.at;
}

type Pass = { stepsPerSecond: number; cpuMsPerStep: number | null };

/** Steps per second, and the CPU time of both processes and the database for a step. */
async function measured(runs: Run[], pids: (number | undefined)[], pass: (runs: Run[]) => Promise<number>) {
  const before = await cpuTimeMs(pids);
  const seconds = await pass(runs);
  const after = await cpuTimeMs(pids);
  const steps = runsPerPass * stepCount;
  return {
    stepsPerSecond: steps / seconds,
    cpuMsPerStep: before === null || after === null ? null : (after - before) / steps,
  };
}

const ratioOf = (engine: Pass[], bare: Pass[], what: (pass: Pass) => number) =>
  engine.map((pass, n) => what(pass) / what(bare[n] as Pass));

async function main(): Promise<void> {
  const workspaces = 20;
  const tenants = await Promise.all(Array.from({ length: workspaces }, () => createTenant()));
  await rawClient()`update workspaces set max_running = ${Math.ceil((2 * slots) / workspaces)}`;
  for (const { system } of tenants) for (const kind of kinds) await push(system, slugOf(kind), tenSteps(kind));
  const flags = process.env["BENCH_CPU_PROFILE"]
    ? ["--cpu-prof", `--cpu-prof-dir=${process.env["BENCH_CPU_PROFILE"]}`]
    : [];
  const workers = await Promise.all([startWorkerProcess(slots, flags), startWorkerProcess(slots, flags)]);
  const loops = await Promise.all([1, 2].map(() => startHelperProcess("tests/bench/bare-loop.ts")));
  const pids = [...workers, ...loops].map((child) => child.process.pid);
  for (const kind of kinds) await compare(kind, tenants, loops, pids);
  await Promise.all([...workers, ...loops].map((child) => child.stop()));
}

/** Engine and bare loop in turns, over runs of one workflow. */
async function compare(kind: Kind, tenants: Tenant[], loops: Child[], pids: (number | undefined)[]): Promise<void> {
  const fresh = () => prepare(kind, tenants, runsPerPass);
  const barePass = async (runs: Run[]) => {
    const half = runs.length / 2;
    const start = performance.now();
    await Promise.all(
      loops.map((loop, n) => ask(loop, { kind, runs: runs.slice(n * half, (n + 1) * half), clients: slots })),
    );
    const seconds = (performance.now() - start) / 1000;
    await rawClient()`delete from runs where id = any(${runs.map((run) => run.id)})`;
    return seconds;
  };
  // One of each to warm up: code, connections, statements, pages.
  await enginePass(tenants, await fresh());
  await barePass(await fresh());
  const engine: Pass[] = [];
  const bare: Pass[] = [];
  for (let pass = 0; pass < passes; pass++) {
    engine.push(await measured(await fresh(), pids, (runs) => enginePass(tenants, runs)));
    bare.push(await measured(await fresh(), pids, barePass));
  }
  report("engine", {
    goal: "ratio >= 0.6",
    kind,
    runs: runsPerPass,
    steps: stepCount,
    workspaces: tenants.length,
    engineStepsPerSecond: engine.map((pass) => round(pass.stepsPerSecond, 0)),
    bareStepsPerSecond: bare.map((pass) => round(pass.stepsPerSecond, 0)),
    ratios: ratioOf(engine, bare, (pass) => pass.stepsPerSecond).map((value) => round(value)),
    ratio: round(median(ratioOf(engine, bare, (pass) => pass.stepsPerSecond))),
    engineCpuMsPerStep: engine.map(({ cpuMsPerStep }) => cpuMsPerStep && round(cpuMsPerStep)),
    bareCpuMsPerStep: bare.map(({ cpuMsPerStep }) => cpuMsPerStep && round(cpuMsPerStep)),
    cpuRatio: round(median(ratioOf(bare, engine, ({ cpuMsPerStep }) => cpuMsPerStep ?? Number.NaN))),
  });
}

await main();
await flushAnnouncements();
await stopQueue();
await closeDatabase();
