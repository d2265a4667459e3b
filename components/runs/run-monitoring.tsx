"use client";

import { Waypoints } from "lucide-react";
import { Link } from "#/components/ui/link.tsx";
import { useRouter } from "next/navigation";
import { buttonClass } from "#/components/ui/button-class.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { Run } from "#/lib/contract/run.ts";
import { ApprovalPanel, type DecideApproval } from "./approval-panel.tsx";
import { RunControls, type RunControlActions } from "./run-controls.tsx";
import { RunFacts } from "./run-facts.tsx";
import { tracePath } from "./run-links.ts";
import { RunStatusBadge } from "./run-status.tsx";
import { StatusTimeline } from "./status-timeline.tsx";
import { StaleNote } from "./stale-note.tsx";
import { useLiveRun } from "./use-live-run.ts";

/** Monitoring detail: a run's state and its controls. Replay lives in the trace viewer, not here. */
export function RunMonitoring({
  workspaceSlug,
  initial,
  readAt,
  actions,
  controlDenied,
}: {
  workspaceSlug: string;
  initial: Run;
  /** When the server read it, in ms. */
  readAt: number;
  actions: RunControlActions & { decide: DecideApproval };
  controlDenied: string | null;
}) {
  const router = useRouter();
  const { run, stale, refresh } = useLiveRun(workspaceSlug, initial, readAt);
  const trace = tracePath(workspaceSlug, run.id);
  useShortcuts([{ keys: "t", label: "Open the trace", run: () => router.push(trace) }]);
  return (
    <div className="flex w-full max-w-5xl flex-col gap-5 p-4">
      <header className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 grow">
          <h1 className="truncate text-xl font-semibold">{run.workflow.slug}</h1>
          <RunStatusBadge status={run.status} reason={run.statusReason} className="mt-1" />
        </div>
        <div className="flex flex-wrap gap-1.5">
          <RunControls
            workspaceSlug={workspaceSlug}
            run={run}
            actions={actions}
            denied={controlDenied}
            onChanged={refresh}
          />
          <Link href={trace} className={buttonClass()}>
            <Waypoints aria-hidden />
            Open trace
          </Link>
        </div>
      </header>
      {stale ? (
        <Callout kind="warning">
          <StaleNote stale={stale} />
        </Callout>
      ) : null}
      <ApprovalPanel
        workspaceSlug={workspaceSlug}
        run={run}
        decide={actions.decide}
        denied={controlDenied}
        onDecided={refresh}
      />
      {run.error ? <RunErrorCallout run={run} trace={trace} /> : null}
      <div className="grid gap-6 md:grid-cols-[16rem_minmax(0,1fr)]">
        <section aria-labelledby="timeline-title">
          <h2 id="timeline-title" className="pb-2 font-semibold">
            Timeline
          </h2>
          <StatusTimeline run={run} />
        </section>
        <section aria-labelledby="facts-title">
          <h2 id="facts-title" className="pb-1 font-semibold">
            Facts
          </h2>
          <RunFacts workspaceSlug={workspaceSlug} run={run} />
        </section>
      </div>
    </div>
  );
}

function RunErrorCallout({ run, trace }: { run: Run; trace: string }) {
  if (!run.error) return null;
  const { code, message, nodeId, spanId } = run.error;
  return (
    <Callout kind="danger" title={nodeId ? `Failed at ${nodeId}` : "Failed"}>
      <p>{message}</p>
      <p className="mt-1 text-sm">
        <code className="font-mono">{code}</code>
        {spanId ? (
          <>
            {" · "}
            <Link
              href={`${trace}?span=${encodeURIComponent(spanId)}`}
              className="rounded-sm underline underline-offset-2"
            >
              Show the step in the trace
            </Link>
          </>
        ) : null}
      </p>
    </Callout>
  );
}
