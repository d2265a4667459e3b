"use client";

import { CalendarClock, CircleStop, GitCompareArrows, RotateCcw } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import type { ReactNode } from "react";
import { IdLink } from "#/components/runs/id-link.tsx";
import { LiveDuration } from "#/components/runs/live-duration.tsx";
import { rescheduleDenied } from "#/components/runs/reschedule-run.tsx";
import { batchPath, comparePath } from "#/components/runs/run-links.ts";
import { RunStatusBadge } from "#/components/runs/run-status.tsx";
import { RunTrigger } from "#/components/runs/run-trigger.tsx";
import { Button, buttonClass } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatCost, formatCount, totalTokens } from "#/components/ui/format.ts";
import { Kbd } from "#/components/ui/kbd.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { EffectsLine } from "./effects-line.tsx";
import { Lineage } from "./lineage.tsx";
import { FixActions, type StepFix } from "./fix-actions.tsx";
import type { TraceColumns } from "./trace-columns.ts";

/** What the run is, its state and its actions. */
export function RunHeader({
  run,
  trace,
  workspaceSlug,
  replayReason,
  controlDenied,
  lineageVersion,
  fix,
  onReplay,
  onCancel,
  onReschedule,
  onJump,
}: {
  run: Run;
  trace: TraceColumns | null;
  workspaceSlug: string;
  /** Why Replay is disabled; null = it is not. */
  replayReason: string | null;
  /** Why this person may not control runs; null = they may. */
  controlDenied: string | null;
  lineageVersion: number;
  /** How the step at which the run failed can be put right. */
  fix: StepFix;
  onReplay: () => void;
  onCancel: () => void;
  onReschedule: () => void;
  onJump: (spanId: string) => void;
}) {
  const compare = comparePath(workspaceSlug, run);
  return (
    <header className="flex shrink-0 flex-col gap-2 border-b border-line px-3 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="min-w-0 truncate text-lg font-semibold">
          {run.workflow.slug}
          {run.version === null ? null : <span className="font-normal text-ink-muted"> v{run.version}</span>}
          {run.fromNodeId === null ? null : (
            <span className="text-base font-normal text-ink-muted">
              {" "}
              attempt {run.attempt}, from <span className="font-mono text-sm">{run.fromNodeId}</span>
            </span>
          )}
        </h1>
        <RunStatusBadge status={run.status} reason={run.statusReason} />
        <CopyButton value={run.id} label="Copy run id" className="-ml-1">
          <span className="max-w-[46vw] truncate font-mono text-sm">{run.id}</span>
        </CopyButton>
        <span className="grow" />
        <div className="flex flex-wrap items-center gap-1.5">
          {run.status === "pending" ? (
            <Button disabledReason={controlDenied ?? rescheduleDenied(run)} onClick={onReschedule}>
              <CalendarClock aria-hidden />
              Reschedule
            </Button>
          ) : null}
          {isFinal(run.status) ? null : (
            <Button disabledReason={controlDenied} onClick={onCancel}>
              <CircleStop aria-hidden />
              Cancel
            </Button>
          )}
          {compare ? (
            <Link href={compare} className={buttonClass()}>
              <GitCompareArrows aria-hidden />
              Compare
              <Kbd keys="c" />
            </Link>
          ) : null}
          <Button variant="primary" keys="r" disabledReason={replayReason} onClick={onReplay}>
            <RotateCcw aria-hidden />
            Replay
          </Button>
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm text-ink-muted">
        {run.statusReason === "delayed" && run.startAt !== null ? (
          <HeaderFact name="Starts">
            <RelativeTime iso={run.startAt} />
          </HeaderFact>
        ) : (
          <HeaderFact name="Started">{run.startedAt ? <RelativeTime iso={run.startedAt} /> : "not started"}</HeaderFact>
        )}
        <HeaderFact name="Duration">
          <LiveDuration run={run} />
        </HeaderFact>
        <HeaderFact name="Steps">{formatCount(run.steps)}</HeaderFact>
        <HeaderFact name="Tokens">{formatCount(totalTokens(run.usage))}</HeaderFact>
        <HeaderFact name="Cost">{formatCost(run.costMicros)}</HeaderFact>
        <HeaderFact name="Triggered by">
          <RunTrigger workspaceSlug={workspaceSlug} run={run} />
        </HeaderFact>
        <Lineage run={run} workspaceSlug={workspaceSlug} version={lineageVersion} />
        {run.batch === null ? null : (
          <HeaderFact name="Batch">
            <IdLink href={batchPath(workspaceSlug, run.batch)} id={run.batch} />
          </HeaderFact>
        )}
      </div>
      {run.replayOf === null ? null : <EffectsLine run={run} trace={trace} onJump={onJump} />}
      {run.error ? <RunFailure run={run} fix={fix} onJump={onJump} /> : null}
    </header>
  );
}

function HeaderFact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className="whitespace-nowrap">
      <span className="text-ink-subtle">{name}</span> <span className="tabular text-ink">{children}</span>
    </span>
  );
}

function RunFailure({ run, fix, onJump }: { run: Run; fix: StepFix; onJump: (spanId: string) => void }) {
  if (!run.error) return null;
  const { code, message, nodeId, spanId } = run.error;
  return (
    <Callout
      kind="danger"
      title={
        <>
          {nodeId ? `Failed at ${nodeId}` : "Failed"} <code className="font-mono text-sm font-normal">{code}</code>
        </>
      }
      action={
        spanId ? (
          <span className="flex flex-wrap gap-1.5">
            <Button size="sm" onClick={() => onJump(spanId)}>
              Go to the step
            </Button>
            <FixActions fix={fix} />
          </span>
        ) : undefined
      }
    >
      <p className="line-clamp-3 whitespace-pre-wrap">{message}</p>
    </Callout>
  );
}
