import type { ReactNode } from "react";
import { formatCount } from "#/components/ui/format.ts";
import { cn } from "#/components/ui/class-names.ts";
import type { Preflight } from "#/lib/contract/replay.ts";
import {
  ForecastRow,
  NumberRow,
  PreflightFrame,
  PreflightNumbers,
  StateLine,
  VerdictLine,
} from "./preflight-frame.tsx";
import {
  answerSource,
  groupCalls,
  groupHosts,
  passedText,
  quotaText,
  sortVerdicts,
  verdictNotes,
} from "./preflight-words.ts";
import type { CheckState } from "./use-preflight.ts";

const mostCalls = 6;

/**
 * What a submit would run into: verdicts, dry-run and real calls, forecast and quota. `needs`: what the dialog itself
 * still needs; until then the rest describes the plain replay, not the one that would be submitted.
 */
export function PreflightPanel({ state, needs }: { state: CheckState<Preflight>; needs: string | null }) {
  return (
    <PreflightFrame
      state={state}
      failureTitle="This replay could not be checked"
      unknown="It is unknown whether mutating calls would be made."
      lines={(preflight) => <Lines preflight={preflight} needs={needs} />}
    >
      {({ plan, forecast, quota, verdicts, depth }) => (
        <>
          <Calls calls={plan.calls} />
          <PreflightNumbers>
            <ForecastRow forecast={forecast} />
            {plan.hosts.length > 0 ? (
              <NumberRow name="Tool hosts">
                <Hosts hosts={plan.hosts} />
              </NumberRow>
            ) : null}
            {plan.reusedSteps > 0 ? (
              <NumberRow name="Reuses">
                {formatCount(plan.reusedSteps)} recorded {plan.reusedSteps === 1 ? "step" : "steps"}
              </NumberRow>
            ) : null}
            <NumberRow name="Quota">
              <span className={quota.remaining === 0 ? "text-danger" : undefined}>
                {quotaText({ quota, verdicts })}
              </span>
            </NumberRow>
            <NumberRow name="Chain">
              level {depth.next} of {depth.limit}
            </NumberRow>
          </PreflightNumbers>
        </>
      )}
    </PreflightFrame>
  );
}

function Lines({ preflight, needs }: { preflight: Preflight; needs: string | null }) {
  // Renamed nodes have their own alert, beside the version that causes them.
  const { raised, passed } = sortVerdicts(
    preflight.verdicts.filter(({ code, level }) => code !== "nodes_unmapped" || level === "pass"),
  );
  const passes = passedText({ ok: preflight.ok, passed: passed.length, raised: raised.length, needs });
  return (
    <>
      {raised.map((verdict, at) => (
        <VerdictLine key={`${verdict.code} ${at}`} code={verdict.code} level={verdict.level} message={verdict.message}>
          {verdictNotes(verdict).map((note) => (
            <p key={note} className="text-sm text-ink-muted">
              {note}
            </p>
          ))}
        </VerdictLine>
      ))}
      {needs === null ? null : <StateLine state="needs">{needs}</StateLine>}
      {passes === null ? null : <StateLine state="ready">{passes}</StateLine>}
    </>
  );
}

/** Which servers the chosen environment's tools reach, so that a production address in a test is noticed. */
function Hosts({ hosts }: { hosts: Preflight["plan"]["hosts"] }) {
  const known = groupHosts(hosts);
  return (
    <ul aria-label="Tool hosts" className="flex flex-col">
      {known.slice(0, mostCalls).map(({ host, nodeIds }) => (
        <li key={host ?? ""} className="min-w-0 break-words">
          {host === null ? "known when the call is made" : <span className="font-mono break-all">{host}</span>}{" "}
          <span className="text-ink-subtle">{nodeIds.join(", ")}</span>
        </li>
      ))}
      <More count={known.length - mostCalls} />
    </ul>
  );
}

function Calls({ calls }: { calls: Preflight["plan"]["calls"] }) {
  const { live, dryRun, readOnly } = groupCalls(calls);
  if (live.length + dryRun.length === 0)
    return <p className="text-sm text-ink-muted">No mutating tool calls expected.{readOnlyNote(readOnly)}</p>;
  return (
    <div className="flex flex-col gap-2">
      {dryRun.length > 0 ? (
        <CallList title="Will dry-run" tone="text-ink-muted">
          {dryRun.slice(0, mostCalls).map((call) => (
            <CallLine key={`${call.nodeId} ${call.tool}`} call={call} note={answerSource(call.recorded)} />
          ))}
          <More count={dryRun.length - mostCalls} />
        </CallList>
      ) : null}
      {readOnly > 0 ? <p className="text-sm text-ink-subtle">{readOnlyNote(readOnly).trim()}</p> : null}
    </div>
  );
}

function readOnlyNote(count: number): string {
  if (count === 0) return "";
  return count === 1 ? " 1 read-only call is made again." : ` ${count} read-only calls are made again.`;
}

function CallList({ title, tone, children }: { title: string; tone: string; children: ReactNode }) {
  return (
    <div>
      <p className={cn("text-sm font-medium", tone)}>{title}</p>
      <ul className="flex flex-col">{children}</ul>
    </div>
  );
}

function CallLine({ call, note }: { call: Preflight["plan"]["calls"][number]; note: string }) {
  return (
    <li className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-sm">
      <span className="min-w-0 font-mono break-words">
        {call.nodeId} · {call.tool}
      </span>
      <span className="text-ink-subtle" title={call.why}>
        {note}
      </span>
    </li>
  );
}

function More({ count }: { count: number }) {
  return count > 0 ? <li className="text-sm text-ink-subtle">and {count} more</li> : null;
}
