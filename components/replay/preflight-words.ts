import { formatCompact, formatCost } from "#/components/ui/format.ts";
import type { FieldError } from "#/lib/contract/problem.ts";
import type { GuardVerdict, Preflight } from "#/lib/contract/replay.ts";

type Call = Preflight["plan"]["calls"][number];

/** Calls of a plan by what happens to them; the same tool on the same node is listed once. */
export function groupCalls(calls: readonly Call[]): { live: Call[]; dryRun: Call[]; readOnly: number } {
  const seen = new Set<string>();
  const live: Call[] = [];
  const dryRun: Call[] = [];
  let readOnly = 0;
  for (const call of calls) {
    if (!call.mutating) {
      readOnly++;
      continue;
    }
    const identity = JSON.stringify([call.nodeId, call.tool, call.verdict]);
    if (seen.has(identity)) continue;
    seen.add(identity);
    (call.verdict === "live" ? live : dryRun).push(call);
  }
  return { live, dryRun, readOnly };
}

/** Hosts of a plan with the nodes that call them, each host once; those known only at the call (null) come last. */
export function groupHosts(hosts: Preflight["plan"]["hosts"]): { host: string | null; nodeIds: string[] }[] {
  const nodes = new Map<string | null, Set<string>>();
  for (const { host, nodeId } of hosts) nodes.set(host, (nodes.get(host) ?? new Set()).add(nodeId));
  return [...nodes]
    .map(([host, nodeIds]) => ({ host, nodeIds: [...nodeIds] }))
    .toSorted((a, b) => Number(a.host === null) - Number(b.host === null));
}

/** Where a dry-run call gets its answer from. */
export function answerSource(recorded: number): string {
  if (recorded === 0) return "answer simulated";
  return `${recorded} recorded ${recorded === 1 ? "answer" : "answers"}`;
}

/** A forecast range in words; unknown stays unknown. */
export function rangeText(range: { low: number; high: number } | null, write: (value: number) => string): string {
  if (range === null) return "unknown";
  return range.low === range.high ? write(range.low) : `${write(range.low)} – ${write(range.high)}`;
}

/** What the replay will use, from the record: tokens in and out, and their price. */
export function forecastText(forecast: Preflight["forecast"]): { tokens: string; cost: string } {
  const input = rangeText(forecast.inputTokens, formatCompact);
  const output = rangeText(forecast.outputTokens, formatCompact);
  return { tokens: `${input} in, ${output} out`, cost: rangeText(forecast.costMicros, formatCost) };
}

/** Blocks first, then warnings; what passes is only counted. */
export function sortVerdicts(verdicts: readonly GuardVerdict[]): { raised: GuardVerdict[]; passed: GuardVerdict[] } {
  const raised = verdicts.filter((verdict) => verdict.level !== "pass");
  return {
    raised: raised.toSorted((a, b) => Number(b.level === "block") - Number(a.level === "block")),
    passed: verdicts.filter((verdict) => verdict.level === "pass"),
  };
}

/**
 * What to say about the checks that pass; null = nothing: a replay that still needs something from the person is not
 * ready.
 */
export function passedText(checks: {
  ok: boolean;
  passed: number;
  raised: number;
  needs: string | null;
}): string | null {
  const { ok, passed, raised, needs } = checks;
  if (passed === 0) return null;
  if (ok) return needs === null ? "Ready to replay" : null;
  return `${passed}${raised > 0 ? " other" : ""} ${passed === 1 ? "check passes" : "checks pass"}`;
}

/**
 * The reasons behind a verdict, one per line: why a workflow is paused, which steps run one that cannot run, which
 * nodes call a refused model, which templates fail.
 */
export function verdictNotes({ level, details }: GuardVerdict): string[] {
  if (level === "pass") return [];
  const { reason, steps, models, templates } = details as {
    reason?: unknown;
    templates?: FieldError[];
    steps?: { path: string; workflow: string; version?: number | "latest"; reason?: string | null }[];
    models?: { nodeId: string | null; ref: string; because: string }[];
  };
  const refused = Array.isArray(models) ? models.slice(0, 5) : [];
  const inside = Array.isArray(steps) ? steps.slice(0, 5) : [];
  const unfilled = Array.isArray(templates) ? templates.slice(0, 5) : [];
  return [
    ...unfilled.map(({ path, message }) => `${path}: ${message}`),
    ...(typeof reason === "string" && reason !== "" ? [`Reason: ${reason}`] : []),
    ...inside.map(({ path, workflow, version, reason: why }) => {
      const which = version === undefined ? "" : version === "latest" ? " (no version left)" : ` version ${version}`;
      return `${path}: ${workflow}${which}${why ? `. Reason: ${why}` : ""}`;
    }),
    ...refused.map(({ nodeId, ref, because }) => `${nodeId === null ? "" : `${nodeId}: `}${ref}. ${because}`),
  ];
}

/** `13 of 20 replays left this minute`; with none left, when the next one is free. */
export function quotaText({ quota, verdicts }: Pick<Preflight, "quota" | "verdicts">): string {
  if (quota.remaining > 0) return `${quota.remaining} of ${quota.limit} replays left this minute`;
  // `quota.resetMs` is when all of them are back; the verdict knows when the first one is.
  const retryAfterMs = verdicts.find(({ code }) => code === "replay_quota_exceeded")?.details["retryAfterMs"];
  if (typeof retryAfterMs !== "number") return "No replays left this minute";
  return `No replays left this minute; the next in ${Math.max(1, Math.ceil(retryAfterMs / 1000))} s`;
}

/** Renamed nodes that no mapping covers yet. */
export function unmappedCount(preflight: Preflight | null): number {
  return preflight?.plan.nodes.filter(({ action }) => action === "unmapped").length ?? 0;
}

/** Where an edited payload does not fit the target version's input; paths as people read them, from `payload` on. */
export function payloadErrors(preflight: Preflight | null): FieldError[] {
  const verdict = preflight?.verdicts.find(({ code, level }) => code === "payload_invalid" && level === "block");
  const errors = verdict?.details["errors"];
  const found = Array.isArray(errors) ? (errors as FieldError[]) : [];
  return found.map(({ path, message }) => ({ path: path.replace(/^body\./, ""), message }));
}
