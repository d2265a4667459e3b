import { runChaos } from "./run-chaos.ts";
import { weights } from "./workloads.ts";

/** `npm run chaos`: CHAOS_SECONDS (600), CHAOS_SEED (of the clock). The last line is the summary as JSON. */
const seconds = Number(process.env["CHAOS_SECONDS"] ?? 600);
const seed = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);
if (!(seconds > 0) || !Number.isInteger(seed)) throw new Error("CHAOS_SECONDS and CHAOS_SEED must be numbers");

process.stderr.write(`chaos for ${seconds} s with CHAOS_SEED=${seed}\n`);
const summary = await runChaos({
  ...{ seed, seconds, workers: 3, webs: 2, pages: true, durability: "full" },
  lanes: ["workers", "frozen", "database", "webs", "outside"],
  weights,
  report: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(summary)}\n`);
process.exit(summary.violations.total > 0 ? 1 : 0);
