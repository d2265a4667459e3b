import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { closeDatabase, rawClient } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements } from "#/lib/queue/notify.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { push } from "#/tests/support/engine.ts";
import { createTenant } from "#/tests/support/tenants.ts";
import { startWorkerProcess, type Child } from "./engine-processes.ts";
import { inParallel, quick, report, round, summary, timed } from "./measure.ts";

/**
 * 10,000 runs of three steps are triggered in 50 workspaces while no worker is there; then two workers of 25 slots work them
 * off. Submit latency, runs per second from the first start to the last end, how evenly the workspaces were served, and
 * the workers' memory.
 */
const workspaces = quick ? 5 : 50;
const total = quick ? 200 : 10_000;
const slots = 25;
const steps = Array.from({ length: 3 }, (_, n) => ({
  id: `s${n}`,
  type: "transform",
  ...(n === 0 ? {} : { needs: [`s${n - 1}`] }),
  value: { n, text: "x".repeat(500) },
}));

const tenants = await Promise.all(Array.from({ length: workspaces }, () => createTenant()));
for (const { system } of tenants) await push(system, "three", { name: "three", nodes: steps });

const submits: number[] = [];
const submitMs = await timed(() =>
  inParallel(8, total, async (n) => {
    const { system } = tenants[n % workspaces]!;
    submits.push(await timed(() => triggerRun(system, "three", {}, "api")));
  }),
);

const workers = await Promise.all([startWorkerProcess(slots), startWorkerProcess(slots)]);
const rssMb: number[] = [];
const open = async () => {
  const [row] = await rawClient()<{ open: number }[]>`select count(*)::int as open from runs where finished_at is null`;
  return row?.open ?? 0;
};
const halfway: { open: number; perWorkspace: number[] } = { open: 0, perWorkspace: [] };
for (let left = await open(); left > 0; left = await open()) {
  rssMb.push(...workers.map(residentMb));
  if (halfway.perWorkspace.length === 0 && left <= total / 2) {
    halfway.open = left;
    const rows = await rawClient()<{ done: number }[]>`
      select count(*) filter (where finished_at is not null)::int as done from runs group by workspace_id`;
    halfway.perWorkspace = rows.map(({ done }) => done);
  }
  await sleep(250);
}
const [span] = await rawClient()<{ seconds: number; failed: number }[]>`
  select extract(epoch from max(finished_at) - min(started_at))::float8 as seconds,
    count(*) filter (where status <> 'completed')::int as failed from runs`;
await Promise.all(workers.map((worker) => worker.stop()));
if (!span || span.failed > 0) throw new Error("a run did not complete");
report("load", {
  runs: total,
  workspaces,
  submitMs: summary(submits),
  submitsPerSecond: round((total / submitMs) * 1000, 0),
  runsPerSecond: round(total / span.seconds, 0),
  stepsPerSecond: round((total * steps.length) / span.seconds, 0),
  doneAtHalfway: { least: Math.min(...halfway.perWorkspace), most: Math.max(...halfway.perWorkspace) },
  workerRssMb: rssMb.length === 0 ? null : { most: Math.max(...rssMb), last: rssMb.at(-1) },
});
await flushAnnouncements();
await stopQueue();
await closeDatabase();

/** Resident memory of a process in MB; 0 where there is no /proc. */
function residentMb({ process: { pid } }: Child): number {
  try {
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return Math.round(Number(line?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
