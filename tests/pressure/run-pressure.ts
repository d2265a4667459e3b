import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "#/tests/bench/measure.ts";
import { Tally, type Violations } from "#/tests/chaos/violations.ts";
import type { Attack, Strike } from "./attack.ts";
import { calmDown } from "./calm-down.ts";
import { startPressureStage, type PressureStage } from "./pressure-stage.ts";
import { type MemoryFigures, watchMemory } from "./process-memory.ts";
import type { QuietSamples } from "./quiet-tenant-process.ts";
import { yieldToAll } from "./yield-to-all.ts";

/** The rule for shared processes: whatever one tenant sends, another's request waits so much longer at most. */
const mayWaitMs = 100;
/** More than the heap that each process is given, and what it holds besides. */
const mostMemoryMb = 1200;
/** Before the first figure, at most: what is compiled and cached at first use. */
const warmUpMs = 3000;
/** Between the first strike and the first figure. */
const leadMs = 500;

export type PressureOptions = {
  attacks: readonly Attack[];
  /** How long each attack goes on, and the quiet time before them. */
  secondsEach: number;
  /** More milliseconds that the quiet tenant may wait, where other work on the machine makes every figure worse. */
  slackMs?: number;
  /**
   * The attackers and their servers yield the processor to the product: they would be machines of their own, and what they
   * cost is no part of the figures. Lowers the priority of this process for good.
   */
  yielding?: boolean;
  /** A migrated database; else one is made on the tests' server. */
  databaseUrl?: string;
  /** Ends it behind the attack that is under way. */
  signal?: AbortSignal;
  report?: (line: string) => void;
};

type Times = { count: number; p50: number; p99: number; max: number };
export type PressureRow = {
  attack: string;
  /** How often it was answered, by status. */
  strikes: Tally;
  /** Milliseconds that the quiet tenant's requests took, and its runs from their creation to their end. */
  requests: Times;
  runs: Times;
  webMb: MemoryFigures;
  workerMb: MemoryFigures;
  deaths: number;
};
/** `failed`: why an attack could not be made. */
type FailedRow = { attack: string; failed: string };
export type PressureSummary = { quiet: { requests: Times; runs: Times }; rows: (PressureRow | FailedRow)[] };

/**
 * Starts an installation of one web process and one worker, lets a tenant do one attack after the other, and measures what
 * another tenant sees of it. What breaks the rule is added to the violations.
 */
export async function runPressure(options: PressureOptions, violations: Violations): Promise<PressureSummary> {
  const { attacks, secondsEach, databaseUrl, report = () => {} } = options;
  const stage = await startPressureStage(databaseUrl === undefined ? {} : { databaseUrl });
  const yieldNoMore = options.yielding ? yieldToAll() : () => {};
  try {
    await stage.quiet.measure(Math.min(warmUpMs, secondsEach * 1000));
    const calm = await stage.quiet.measure(secondsEach * 1000);
    const quiet = { requests: timesOf(calm.requests), runs: timesOf(calm.runs) };
    report(`quiet: requests ${inWords(quiet.requests)}, runs ${inWords(quiet.runs)}`);
    const rows: PressureSummary["rows"] = [];
    for (const attack of attacks) {
      if (options.signal?.aborted) break;
      try {
        const { row, failures } = await underAttack(stage, attack, secondsEach * 1000);
        rows.push(row);
        report(lineOf(row));
        judge(row, failures, quiet, options.slackMs ?? 0, violations);
      } catch (error) {
        const failed = String(error);
        rows.push({ attack: attack.name, failed });
        report(`${attack.name}: FAILED, ${failed}`);
        violations.add("attack_failed", `${attack.name}: ${failed}`);
      }
      if (stage.stack.webs.some((web) => web.hasExited())) break;
    }
    return { quiet, rows };
  } finally {
    yieldNoMore();
    await stage.stop();
  }
}

async function underAttack(
  stage: PressureStage,
  attack: Attack,
  ms: number,
): Promise<{ row: PressureRow; failures: string[] }> {
  const [web, worker] = [stage.stack.webs.at(-1)!, stage.stack.workers.at(-1)!];
  const deadBefore = dead(stage);
  const strike = await attack.begin(stage);
  const over = new AbortController();
  const memory = [web, worker].map(watchMemory);
  const strikes = new Tally();
  const attackers = Array.from({ length: attack.atOnce }, (_, index) =>
    goOn(strike, index, attack.atOnce, strikes, over.signal),
  );
  let samples: QuietSamples;
  try {
    await sleep(leadMs);
    // What the quiet tenant still waits for then has its turn at last: that it waited stands in the figures.
    const end = sleep(ms).then(() => over.abort());
    samples = await stage.quiet.measure(ms);
    await end;
  } finally {
    over.abort();
    await Promise.all(attackers);
    await calmDown(stage);
  }
  const [webMb, workerMb] = memory.map((watch) => watch.stop()) as [MemoryFigures, MemoryFigures];
  const deaths = dead(stage) - deadBefore;
  const times = { requests: timesOf(samples.requests), runs: timesOf(samples.runs) };
  return { row: { attack: attack.name, strikes, ...times, webMb, workerMb, deaths }, failures: samples.failures };
}

function dead({ stack }: PressureStage): number {
  return [...stack.webs, ...stack.workers].filter((process) => process.hasExited()).length;
}

/** One of the attackers: again and again, until it is over. */
async function goOn(strike: Strike, first: number, step: number, strikes: Tally, over: AbortSignal): Promise<void> {
  for (let turn = first; !over.aborted; turn += step) {
    try {
      strikes.add(String(await strike(turn, over)));
    } catch {
      if (over.aborted) return;
      strikes.add("no answer");
      await sleep(50);
    }
  }
}

function judge(
  { attack, strikes, requests, runs, webMb, workerMb, deaths }: PressureRow,
  failures: string[],
  quiet: PressureSummary["quiet"],
  slackMs: number,
  violations: Violations,
): void {
  const most = (calm: Times) => calm.p99 + mayWaitMs + slackMs;
  if (requests.p99 > most(quiet.requests)) violations.add("quiet_request_waited", `${attack}: ${requests.p99} ms`);
  if (runs.p99 > most(quiet.runs)) violations.add("quiet_run_waited", `${attack}: ${runs.p99} ms`);
  for (const failure of failures) violations.add("quiet_tenant_failed", `${attack}: ${failure}`);
  if (deaths > 0) violations.add("process_died", attack);
  for (const [name, { peak }] of Object.entries({ web: webMb, worker: workerMb }))
    if (peak > mostMemoryMb) violations.add("memory_grew", `${attack}: ${name} ${peak} MB`);
  if ("500" in strikes.toJSON()) violations.add("http_500", attack);
}

function timesOf(samples: QuietSamples["requests"]): Times {
  const at = (share: number) => Math.round(percentile(samples, share));
  return { count: samples.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const inWords = ({ p50, p99, max }: Times) => `${p50}/${p99}/${max} ms`;

function lineOf({ attack, strikes, requests, runs, webMb, workerMb, deaths }: PressureRow): string {
  const memory = [webMb, workerMb].map(({ before, peak, after }) => `${before}→${peak}→${after}`).join(", ");
  const answered = Object.entries(strikes.toJSON()).map(([status, count]) => `${count} × ${status}`);
  const end = deaths > 0 ? `, ${deaths} DIED` : "";
  return `${attack} (${answered.join(", ")}): requests ${inWords(requests)}, runs ${inWords(runs)}, MB ${memory}${end}`;
}
