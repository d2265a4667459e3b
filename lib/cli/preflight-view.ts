import type { Preflight } from "#/lib/contract/replay.ts";
import { exitCode, exitCodeFor, type ExitCode } from "./exit-code.ts";
import { formatCost } from "./format.ts";
import type { Output } from "./output.ts";

/** Shows a preflight (with JSON output: nothing) and returns the exit code that the replay itself would end with. */
export function showPreflight(output: Output, preflight: Preflight): ExitCode {
  if (!output.isJson) show(output, preflight);
  const blocking = preflight.verdicts.find((verdict) => verdict.level === "block");
  return preflight.ok ? exitCode.ok : exitCodeFor(blocking?.code ?? "");
}

function show(output: Output, { ok, verdicts, plan, forecast, quota, depth, renamedNodes }: Preflight): void {
  const cost = forecast.costMicros;
  output.fields([
    ["Replay", ok ? "possible" : "refused"],
    ["Version", plan.targetVersion === null ? null : String(plan.targetVersion)],
    ["Cost", cost && `${formatCost(cost.low)} to ${formatCost(cost.high)}`],
    ["Quota", `${quota.remaining} of ${quota.limit} left`],
    ["Depth", `${depth.next} of ${depth.limit}`],
  ]);
  for (const { level, code, message } of verdicts)
    if (level !== "pass") output.line(`${level === "block" ? "✗" : "!"} ${code}: ${message}`);
  for (const { id, suggestions } of renamedNodes)
    output.line(`  ${id} → ${suggestions.map((suggestion) => suggestion.id).join(", ") || "?"} (--map ${id}=…)`);
  const mutating = plan.calls.filter((call) => call.mutating);
  for (const { nodeId, tool, verdict } of mutating)
    output.line(`  ${nodeId}: ${tool}: ${verdict === "live" ? "WILL be called" : "dry run"}`);
}
