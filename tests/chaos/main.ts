import { shutdownSignal } from "#/lib/launcher/shutdown.ts";
import { attacks } from "#/tests/pressure/attacks.ts";
import { type PressureSummary, runPressure } from "#/tests/pressure/run-pressure.ts";
import { startTestServer } from "#/tests/support/database.ts";
import { type BatchSummary, runBatch } from "./run-batch.ts";
import { type ChaosSummary, runChaos } from "./run-chaos.ts";
import { Violations } from "./violations.ts";
import { weights } from "./workloads.ts";

/**
 * `npm run chaos`: faults for CHAOS_SECONDS (600), drawn by CHAOS_SEED (of the clock); then one batch of BATCH_RUNS (200)
 * under kills, at its pace; then hostile load for PRESSURE_SECONDS (300), all attacks or those whose names hold one of the
 * arguments. 0 leaves a part out. The last line is the summary as JSON; one is told after each part, so that its verdict
 * stands whatever becomes of the next.
 */
const seconds = numberIn("CHAOS_SECONDS", 600);
const batchRuns = numberIn("BATCH_RUNS", 200);
const pressureSeconds = numberIn("PRESSURE_SECONDS", 300);
const seed = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);
if (!Number.isInteger(seed)) throw new Error("CHAOS_SEED must be a whole number");
const parts = process.argv.slice(2);
const chosen = attacks.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
const report = (line: string) => void process.stderr.write(`${line}\n`);

function numberIn(name: string, usual: number): number {
  const value = Number(process.env[name] ?? usual);
  if (!(value >= 0)) throw new Error(`${name} must be a number, 0 or more`);
  return value;
}

async function underFaults(): Promise<ChaosSummary> {
  report(`chaos for ${seconds} s with CHAOS_SEED=${seed}`);
  return runChaos({
    ...{ seed, seconds, workers: 3, webs: 2, pages: true, durability: "full", weights, report },
    lanes: ["workers", "frozen", "database", "webs", "outside"],
  });
}

async function batchUnderKills(violations: Violations): Promise<BatchSummary> {
  report(`a batch of ${batchRuns} runs under kills`);
  return runBatch({ seed, runs: batchRuns, pages: true, durability: "full", report }, violations);
}

async function underPressure(violations: Violations): Promise<PressureSummary> {
  report(`hostile load for ${pressureSeconds} s`);
  const signal = shutdownSignal();
  const stop = await startTestServer();
  const secondsEach = pressureSeconds / (chosen.length + 1);
  return runPressure({ attacks: chosen, secondsEach, yielding: true, signal, report }, violations).finally(stop);
}

/** Does a part unless it is left out; one that cannot be done is a violation, and the next one begins. */
async function part<T>(name: string, isWanted: boolean, work: () => Promise<T>): Promise<T | null> {
  if (!isWanted) return null;
  try {
    return await work();
  } catch (error) {
    report(`${name} broke off: ${error instanceof Error ? error.stack : String(error)}`);
    violations.add("part_broke_off", `${name}: ${String(error)}`);
    return null;
  }
}

function tell(rest: { batch?: BatchSummary | null; pressure?: PressureSummary | null }): void {
  process.stdout.write(`${JSON.stringify({ seed, ...faults, ...rest, violations })}\n`);
}

let violations = new Violations();
const faults = await part("faults", seconds > 0, underFaults);
violations = faults?.violations ?? violations;
if (seconds > 0) tell({});
const batch = await part("batch", batchRuns > 0, () => batchUnderKills(violations));
if (batchRuns > 0) tell({ batch });
const pressure = await part("hostile load", pressureSeconds > 0, () => underPressure(violations));
tell({ batch, pressure });
process.exit(violations.total > 0 ? 1 : 0);
