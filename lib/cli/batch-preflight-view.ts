import type { BatchPreflight } from "#/lib/sdk/client.ts";
import { exitCode, exitCodeFor, type ExitCode } from "./exit-code.ts";
import { formatCost, formatDuration } from "./format.ts";

/** What a batch would do and which runs it could not replay, as lines for people. Pure. */
export function batchPreflightLines(preflight: BatchPreflight): string[] {
  const { forecast, calls, verdicts, etaSeconds } = preflight;
  const cost = forecast.costMicros;
  const facts: [label: string, value: string][] = [
    ["Runs", `${possible(preflight)} can be replayed`],
    ["Cost", cost === null ? "unknown" : `${formatCost(cost.low)} to ${formatCost(cost.high)}`],
    ["Mutating calls", `${calls.dryRun} dry run, ${calls.live === 0 ? "none live" : `${calls.live} WILL be made`}`],
    ["All submitted", etaSeconds === 0 ? "within seconds" : `within about ${formatDuration(etaSeconds * 1000)}`],
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  return [
    ...facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`),
    ...verdicts.flatMap(({ code, level, message, count, runIds }) => [
      `${level === "block" ? "✗" : "!"} ${count} ${code}: ${message}`,
      `  ${runIds.join(", ")}${count > runIds.length ? ` and ${count - runIds.length} more` : ""}`,
    ]),
  ];
}

/** `137 of 214`. Pure. */
export function possible({ total, replayable }: BatchPreflight): string {
  return `${replayable} of ${total}`;
}

/** The exit code that a replay of them would end with if it were one: refused only when none can be replayed. Pure. */
export function batchPreflightExitCode({ total, replayable, verdicts }: BatchPreflight): ExitCode {
  if (replayable > 0 || total === 0) return exitCode.ok;
  return exitCodeFor(verdicts.find(({ level }) => level === "block")?.code ?? "");
}
