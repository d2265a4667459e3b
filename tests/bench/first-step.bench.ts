import { setTimeout as sleep } from "node:timers/promises";
import { closeDatabase, rawClient } from "#/db/client.ts";
import { stopQueue } from "#/lib/queue/boss.ts";
import { flushAnnouncements } from "#/lib/queue/notify.ts";
import { triggerRun } from "#/lib/runs/trigger-run.ts";
import { finished, push } from "#/tests/support/engine.ts";
import { createTenant } from "#/tests/support/tenants.ts";
import { startWorkerProcess } from "./engine-processes.ts";
import { preciseNow, quick, report, summary } from "./measure.ts";

/**
 * An idle installation with two workers: how long after a run was accepted (its commit was answered) its first step began,
 * and how long after the request for it was made. A step's start is known to the millisecond.
 */
const samples = quick ? 20 : 300;
const tenant = await createTenant();
await push(tenant.system, "one", { name: "one", nodes: [{ id: "only", type: "transform", value: "{{ trigger.n }}" }] });
const workers = await Promise.all([startWorkerProcess(25), startWorkerProcess(25)]);

const fromAccepted: number[] = [];
const fromRequest: number[] = [];
for (let n = -10; n < samples; n++) {
  await sleep(60 + Math.random() * 80);
  const requested = preciseNow();
  const { id } = await triggerRun(tenant.system, "one", { payload: { n } }, "api");
  const accepted = preciseNow();
  await finished(tenant.system, id);
  const [span] = await rawClient()<{ started_at: Date }[]>`select started_at from spans where run_id = ${id}`;
  if (n < 0 || !span) continue;
  fromAccepted.push(Math.max(0, span.started_at.getTime() - accepted));
  fromRequest.push(span.started_at.getTime() - requested);
}
await Promise.all(workers.map((worker) => worker.stop()));
report("first-step", {
  goal: "accepted to first step: p50 < 15 ms, p99 < 250 ms",
  acceptedToFirstStepMs: summary(fromAccepted),
  requestToFirstStepMs: summary(fromRequest),
});
await flushAnnouncements();
await stopQueue();
await closeDatabase();
