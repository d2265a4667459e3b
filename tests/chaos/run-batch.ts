import { setTimeout as sleep } from "node:timers/promises";
import { defaultBatchPace } from "#/lib/contract/replay.ts";
import type { ReplayAccepted } from "#/lib/contract/replay.ts";
import { checkBatches, checkPace, type AcceptedBatch } from "./batch-invariants.ts";
import { Clients } from "./clients.ts";
import { HttpWatch } from "./http-watch.ts";
import { Observer } from "./observer.ts";
import { Random } from "./random.ts";
import { startStage, type ChaosWorkspace, type Stage } from "./stage.ts";
import { Tally, type Violations } from "./violations.ts";

export type BatchOptions = {
  seed: number;
  /** Of one batch. */
  runs: number;
  pages: boolean;
  durability: "none" | "full";
  report: (line: string) => void;
};

export type BatchSummary = {
  seconds: number;
  runs: number;
  /** How long a person's replay took to be accepted, over whatever was killed meanwhile. */
  personMs: { accepted: number; most: number };
  http: Tally;
  deaths: Record<string, number>;
  logs: string | null;
};

const killEveryMs = 5000;
/** Leaves a person the five replays of a minute that batches do not take. */
const personEveryMs = 15_000;
const personMs = 4000;

type Parts = { stage: Stage; clients: Clients; workspace: ChaosWorkspace; random: Random; violations: Violations };

/**
 * One batch over two web processes and two workers, of which one is killed every five seconds, while a person replays
 * one run after the other. Every source is replayed exactly once, at the pace; the person is accepted within four seconds.
 */
export async function runBatch(options: BatchOptions, violations: Violations): Promise<BatchSummary> {
  const before = violations.total;
  const stage = await startStage({ ...options, workers: 2, webs: 2 });
  const observer = new Observer(stage.databaseUrl, stage.workspaces, violations);
  try {
    await observer.start();
    const random = new Random(options.seed);
    const http = new Tally();
    const clients = new Clients(stage, new HttpWatch(http, violations), random.fork());
    const workspace = stage.workspaces.at(-1) as ChaosWorkspace;
    const parts = { stage, clients, workspace, random, violations };
    const sources = await endedRuns(parts, options.runs);
    const begun = performance.now();
    const { id } = await clients.persist(workspace, (client) =>
      client.runs.bulk.replay({ runIds: sources, idempotencyKey: "the-batch" }),
    );
    const batch: AcceptedBatch = { id, workspace, runIds: sources };
    // The last of them is accepted when the minutes before are full; its end, and lost workers, take their time.
    const limitMs = (options.runs / defaultBatchPace) * 60_000 + 180_000;
    const over = new AbortController();
    const killing = kill(parts, over.signal);
    const person = replay(parts, sources, over.signal);
    await completed(parts, id, begun + limitMs, options.report);
    over.abort();
    await killing;
    const taken = await person;
    for (const ms of taken) if (ms > personMs) violations.add("person_waited", `${Math.round(ms)} ms`);
    await checkBatches([batch], observer, violations);
    await checkPace([workspace], defaultBatchPace, observer, violations);
    await nothingMutated(stage, observer, violations);
    const deaths = Object.fromEntries([...stage.workers, ...stage.webs].map(({ name, deaths: n }) => [name, n]));
    return {
      ...{ seconds: Math.round((performance.now() - begun) / 1000), runs: options.runs, http, deaths },
      personMs: { accepted: taken.length, most: Math.round(Math.max(0, ...taken)) },
      logs: violations.total > before ? stage.logDirectory : null,
    };
  } finally {
    await observer.stop();
    await stage.stop(violations.total > before);
  }
}

/** Runs of one that reads and charges, all of them ended. */
async function endedRuns({ clients, workspace }: Parts, count: number): Promise<string[]> {
  const items = Array.from({ length: count }, () => ({ payload: {} }));
  const handles = await clients.persist(workspace, (client) =>
    client.workflows.batchTrigger("child", items, { idempotencyKey: "the-sources" }),
  );
  for (const { id } of handles) await clients.persist(workspace, (client) => client.runs.poll(id));
  return handles.map(({ id }) => id);
}

/** kill -9 of one process every five seconds, each in turn; whoever keeps it starts it again. */
async function kill({ stage }: Parts, signal: AbortSignal): Promise<void> {
  const [workers, webs] = [stage.workers, stage.webs];
  for (let n = 0; !signal.aborted; n++) {
    await sleep(killEveryMs, undefined, { signal }).catch(() => {});
    const group = n % 2 === 0 ? workers : webs;
    const victim = group[Math.floor(n / 2) % group.length];
    if (!signal.aborted && victim?.isUp) await victim.kill();
  }
}

/** Returns how long each replay took to be accepted, in milliseconds. */
async function replay(parts: Parts, sources: readonly string[], signal: AbortSignal): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; !signal.aborted; n++) {
    const asked = performance.now();
    const source = parts.random.pick(sources);
    await parts.clients.persist<ReplayAccepted>(parts.workspace, (client) =>
      client.runs.replay(source, { idempotencyKey: `person-${n}` }),
    );
    taken.push(performance.now() - asked);
    await sleep(personEveryMs, undefined, { signal }).catch(() => {});
  }
  return taken;
}

async function completed(
  { clients, workspace, violations }: Parts,
  id: string,
  until: number,
  report: BatchOptions["report"],
): Promise<void> {
  for (let n = 0; performance.now() < until; n++) {
    const batch = await clients.persist(workspace, (client) => client.runs.bulk.retrieve(id));
    if (batch.status === "completed") {
      if (batch.counts.submitted !== batch.total) violations.add("batch_refused_runs", JSON.stringify(batch.refusals));
      return;
    }
    if (n % 15 === 0)
      report(`${batch.counts.submitted ?? 0} of ${batch.total} submitted, ${violations.total} violations`);
    await sleep(1000);
  }
  violations.add("batch_too_slow", id);
}

/** By the order service's own record: the sources charged once each, their replays never. */
async function nothingMutated(stage: Stage, observer: Observer, violations: Violations): Promise<void> {
  const gated = await observer.ask<{ id: string }>((sql) => sql`select id from runs where gated`);
  const replays = new Set(gated.map(({ id }) => id));
  for (const { method, run, key } of stage.orders.log)
    if (method === "POST" && replays.has(run)) violations.add("replay_mutated", `${run} ${key}`);
}
