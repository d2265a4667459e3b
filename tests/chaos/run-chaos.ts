import { setTimeout as sleep } from "node:timers/promises";
import { isFinal } from "#/lib/contract/status.ts";
import { Clients } from "./clients.ts";
import { injectFaults, type FaultLane } from "./faults.ts";
import { HttpWatch } from "./http-watch.ts";
import { checkInvariants } from "./invariants.ts";
import { Load } from "./load.ts";
import { Observer } from "./observer.ts";
import { Random } from "./random.ts";
import { startStage, type ChaosWorkspace, type Stage, type StageOptions } from "./stage.ts";
import { Tally, Violations } from "./violations.ts";

export type ChaosOptions = {
  seed: number;
  /** How long faults are injected. */
  seconds: number;
  lanes: readonly FaultLane[];
  /** How often each workflow is chosen. */
  weights: Readonly<Record<string, number>>;
  /** Once, after a third of the time, whatever the lanes do: for a run too short for chance. */
  certainly?: (stage: Stage, tally: Tally) => Promise<void>;
  report?: (line: string) => void;
} & StageOptions;

export type ChaosSummary = {
  seed: number;
  seconds: number;
  settledAfterSeconds: number;
  load: Tally;
  faults: Tally;
  http: Tally;
  outcomes: Tally;
  deaths: Record<string, number>;
  violations: Violations;
  /** Where the processes' logs are, if something was violated. */
  logs: string | null;
};

/** After the last fault: the longest that a run may take to its end (heartbeat, backoff, an approval's time-out), or a batch. */
const quietMs = 210_000;
/** A stream may be between two attempts to connect when its run ends. */
const lastAnswersMs = 30_000;
const progressMs = 15_000;

/** Starts an installation, lets customers use it while faults are injected, and checks every promise afterwards. */
export async function runChaos(options: ChaosOptions): Promise<ChaosSummary> {
  const violations = new Violations();
  const stage = await startStage(options);
  const observer = new Observer(stage.databaseUrl, stage.workspaces, violations);
  try {
    await observer.start();
    return await useAndCheck(options, stage, observer, violations);
  } finally {
    await observer.stop();
    await stage.stop(violations.total > 0);
  }
}

async function useAndCheck(
  options: ChaosOptions,
  stage: Stage,
  observer: Observer,
  violations: Violations,
): Promise<ChaosSummary> {
  const { seed, seconds, lanes, weights } = options;
  const random = new Random(seed);
  const [http, faults, customers, outcomes] = [new Tally(), new Tally(), new Tally(), new Tally()];
  const watch = new HttpWatch(http, violations);
  const clients = new Clients(stage, watch, random.fork());
  const about = { stage, clients, observer, watch, violations, tally: customers, weights };
  const load = new Load({ ...about, random: random.fork(), killsWebs: lanes.includes("webs") });
  await underFaults(options, { stage, observer, load, violations, faults, random: random.fork() });

  const quietSince = performance.now();
  options.report?.("faults are over");
  clients.giveUp(quietSince + quietMs);
  await allFinal(observer, quietSince + quietMs);
  await load.settled(performance.now() + lastAnswersMs);
  const settledAfterSeconds = Math.round((performance.now() - quietSince) / 100) / 10;
  await checkInvariants({ stage, observer, load, violations, outcomes });
  await slotsWork(stage, clients, violations);
  const deaths = Object.fromEntries([...stage.workers, ...stage.webs].map(({ name, deaths: n }) => [name, n]));
  const logs = violations.total > 0 ? stage.logDirectory : null;
  return {
    ...{ seed, seconds, settledAfterSeconds, load: customers, faults, http, outcomes, deaths },
    violations,
    logs,
  };
}

type Parts = {
  stage: Stage;
  observer: Observer;
  load: Load;
  violations: Violations;
  faults: Tally;
  random: Random;
};

/** The time in which customers and faults have their way. */
async function underFaults(options: ChaosOptions, parts: Parts): Promise<void> {
  const { seconds, lanes, certainly, report = () => {} } = options;
  const { stage, observer, load, violations, faults, random } = parts;
  const until = performance.now() + seconds * 1000;
  const progress = setInterval(() => {
    const left = Math.round((until - performance.now()) / 1000);
    report(`${left} s left, ${load.accepted.size} runs, ${observer.openRuns} open, ${violations.total} violations`);
  }, progressMs);
  const certain = sleep((seconds * 1000) / 3).then(() => certainly?.(stage, faults));
  await Promise.all([
    load.goOn(until),
    injectFaults(lanes, { stage, random, tally: faults, observer, until }),
    certain,
  ]).finally(() => clearInterval(progress));
}

async function allFinal(observer: Observer, until: number): Promise<void> {
  while (performance.now() < until) {
    const rows = await observer.ask<{ open: number }>(
      (sql) => sql`select (select count(*) from runs where finished_at is null)::int
        + (select count(*) from replay_batches where finished_at is null)::int as open`,
    );
    if (rows[0]?.open === 0) return;
    await sleep(200);
  }
}

/** A leaked slot shows here at the latest: as many runs at once as the workspace may have, all of them start and end. */
async function slotsWork(stage: Stage, clients: Clients, violations: Violations): Promise<void> {
  for (const workspace of stage.workspaces) {
    const submit = () => clients.persist(workspace, (client) => client.workflows.trigger("transforms"));
    const runs = await Promise.all(Array.from({ length: workspace.maxRunning }, submit));
    for (const { id } of runs)
      if (!(await completes(clients, workspace, id)))
        violations.add("new_run_does_not_complete", `${workspace.id} ${id}`);
  }
}

async function completes(clients: Clients, workspace: ChaosWorkspace, id: string): Promise<boolean> {
  for (const until = performance.now() + 30_000; performance.now() < until; await sleep(100)) {
    const { status } = await clients.persist(workspace, (client) => client.runs.retrieve(id));
    if (isFinal(status)) return status === "completed";
  }
  return false;
}
