import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Callout } from "#/components/ui/callout.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import type { GuardVerdict, Preflight } from "#/lib/contract/replay.ts";
import {
  answerSource,
  forecastText,
  groupCalls,
  groupHosts,
  passedText,
  quotaText,
  sortVerdicts,
  verdictNotes,
} from "./preflight-words.ts";
import type { PreflightState } from "./use-preflight.ts";

const mostCalls = 6;

/**
 * What a submit would run into: verdicts, dry-run and real calls, forecast and quota. `needs`: what the dialog itself
 * still needs; until then the rest describes the plain replay, not the one that would be submitted.
 */
export function PreflightPanel({ state, needs }: { state: PreflightState; needs: string | null }) {
  const { preflight, message, isChecking } = state;
  return (
    <section
      aria-label="Before you submit"
      aria-busy={isChecking}
      className="flex flex-col gap-2 border-t border-line pt-3"
    >
      <h3 className="flex items-center gap-1.5 text-sm font-medium text-ink-muted">
        Before you submit
        {isChecking ? <Spinner /> : null}
      </h3>
      {message !== null && !isChecking ? (
        <Callout kind="warning" title="This replay could not be checked">
          <p className="whitespace-pre-line">{message}</p>
          {preflight === null ? <p>It is unknown whether mutating calls would be made.</p> : null}
        </Callout>
      ) : null}
      {preflight ? (
        <Answer preflight={preflight} needs={needs} isStale={isChecking || message !== null} />
      ) : message === null ? (
        <Waiting />
      ) : null}
    </section>
  );
}

function Waiting() {
  return (
    <div className="flex flex-col gap-2 py-1">
      <Skeleton className="w-3/5" />
      <Skeleton className="w-2/5" />
    </div>
  );
}

function Answer({ preflight, needs, isStale }: { preflight: Preflight; needs: string | null; isStale: boolean }) {
  // Renamed nodes have their own alert, beside the version that causes them.
  const { raised, passed } = sortVerdicts(
    preflight.verdicts.filter(({ code, level }) => code !== "nodes_unmapped" || level === "pass"),
  );
  const forecast = forecastText(preflight.forecast);
  const passes = passedText({ ok: preflight.ok, passed: passed.length, raised: raised.length, needs });
  return (
    <div className={cn("flex flex-col gap-3", isStale && "opacity-60")}>
      <ul className="flex flex-col gap-1">
        {raised.map((verdict, at) => (
          <Verdict key={`${verdict.code} ${at}`} verdict={verdict} />
        ))}
        {needs === null ? null : (
          <li className="flex items-start gap-1.5 text-ink">
            <CircleDashed aria-hidden className="mt-0.5 size-4 shrink-0" />
            {needs}
          </li>
        )}
        {passes === null ? null : (
          <li className="flex items-start gap-1.5 text-success">
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
            {passes}
          </li>
        )}
      </ul>
      <Calls calls={preflight.plan.calls} />
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-sm">
        <Row name="Forecast">
          {forecast.cost} <span className="text-ink-subtle">({forecast.tokens} tokens)</span>
        </Row>
        {preflight.plan.hosts.length > 0 ? (
          <Row name="Tool hosts">
            <Hosts hosts={preflight.plan.hosts} />
          </Row>
        ) : null}
        <Row name="Quota">
          <span className={preflight.quota.remaining === 0 ? "text-danger" : undefined}>{quotaText(preflight)}</span>
        </Row>
        <Row name="Chain">
          level {preflight.depth.next} of {preflight.depth.limit}
        </Row>
      </dl>
    </div>
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

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-subtle">{name}</dt>
      <dd className="tabular">{children}</dd>
    </>
  );
}

function Verdict({ verdict }: { verdict: GuardVerdict }) {
  const isBlock = verdict.level === "block";
  const Icon = isBlock ? CircleX : TriangleAlert;
  return (
    <li
      data-code={verdict.code}
      data-level={verdict.level}
      className={cn("flex items-start gap-1.5", isBlock ? "text-danger" : "text-warning")}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 break-words">
        <p>
          <span className="sr-only">{isBlock ? "Blocked: " : "Warning: "}</span>
          {verdict.message}
        </p>
        {verdictNotes(verdict).map((note) => (
          <p key={note} className="text-sm text-ink-muted">
            {note}
          </p>
        ))}
      </div>
    </li>
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
