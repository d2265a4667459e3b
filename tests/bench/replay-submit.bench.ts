import { closeDatabase, rawClient } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements } from "#/lib/queue/notify.ts";
import { submitReplay } from "#/lib/replay/submit-replay.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push, startWorker } from "#/tests/support/engine.ts";
import { createTenant, type Tenant } from "#/tests/support/tenants.ts";
import { inParallel, quick, report, round, summary, timed } from "./measure.ts";

/**
 * Submitting a replay (guards, quota, plan, lineage, audit, job: everything that is behind the route) against a bare commit
 * of one row, in turns. The quota is 20 a minute for each workspace, so there are many workspaces.
 */
const perWorkspace = 18;
const workspaces = quick ? 6 : 30;
/** As many of them only warm up: code, connections, statements. */
const warming = quick ? 2 : 6;
const nodes = Array.from({ length: 8 }, (_, n) => ({
  id: `s${n}`,
  type: "transform",
  ...(n === 0 ? {} : { needs: [`s${n - 1}`] }),
  value: { text: "x".repeat(300), n: "{{ 1 + 1 }}" },
}));

type Source = { tenant: Tenant; runId: string };
const sql = rawClient();
await sql`create table bench_commits (id bigint generated always as identity primary key, body text not null)`;
const sources: Source[] = [];
const worker = await startWorker();
for (let n = 0; n < workspaces; n++) {
  const tenant = await createTenant();
  await push(tenant.system, "steps", { name: "steps", nodes });
  const { id } = await triggerRun(tenant.system, "steps", {}, "api");
  await finished(tenant.system, id);
  sources.push({ tenant, runId: id });
}
await worker.stop();

const body = "x".repeat(1000);
const commit = () => timed(() => sql`insert into bench_commits (body) values (${body})`);
const submit = ({ tenant, runId }: Source) => timed(() => submitReplay(tenant.system, runId, {}));

async function measure(clients: number, from: Source[]) {
  const submits: number[] = [];
  const commits: number[] = [];
  const count = from.length * perWorkspace;
  await inParallel(clients, count, async (index) => {
    commits.push(await commit());
    submits.push(await submit(from[index % from.length]!));
  });
  const bare = summary(commits);
  const replay = summary(submits);
  return {
    bareCommitMs: bare,
    submitMs: replay,
    timesBareP50: round(replay.p50 / bare.p50),
    timesBareP99: round(replay.p99 / bare.p99),
  };
}

await measure(2, sources.slice(0, warming));
const half = warming + (sources.length - warming) / 2;
report("replay-submit", {
  goal: "p99 <= 3 x the bare commit's p99",
  oneClient: await measure(1, sources.slice(warming, half)),
  fourClients: await measure(4, sources.slice(half)),
});
// A late one would open the database again and keep the process alive.
await flushAnnouncements();
await stopQueue();
await closeDatabase();
