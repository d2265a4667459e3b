"use client";

import { Activity, CalendarClock, CircleStop, Columns2, Copy, Ellipsis, RotateCcw, Waypoints } from "lucide-react";
import { useRouter } from "next/navigation";
import { copyAndSay } from "#/components/ui/copy-by-hand.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "#/components/ui/dropdown-menu.tsx";
import type { RunSummary } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { rescheduleDenied } from "./reschedule-run.tsx";
import { comparePath, monitoringPath, replayPath, tracePath } from "./run-links.ts";

export type RunMenuProps = {
  workspaceSlug: string;
  run: RunSummary;
  /** Why this person may not act on runs; null when they may. */
  replayDenied: string | null;
  controlDenied: string | null;
  onCancel: (run: RunSummary) => void;
  onReschedule: (run: RunSummary) => void;
};

/** The actions on a run of the list. */
export function RunMenu({ workspaceSlug, run, replayDenied, controlDenied, onCancel, onReschedule }: RunMenuProps) {
  const router = useRouter();
  const compare = comparePath(workspaceSlug, run);
  const inFlight = isFinal(run.status) ? null : "Cannot replay an in-flight run";
  const ended = isFinal(run.status) ? "The run has ended" : null;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label={`Actions for ${run.id}`}
        className="inline-flex size-7 items-center justify-center rounded-md text-ink-subtle hover:bg-selected hover:text-ink data-[state=open]:bg-selected"
      >
        <Ellipsis aria-hidden className="size-4" />
      </DropdownMenuTrigger>
      <DropdownMenuContent>
        <DropdownMenuItem onSelect={() => router.push(tracePath(workspaceSlug, run.id))}>
          <Waypoints aria-hidden />
          Open trace
        </DropdownMenuItem>
        <DropdownMenuItem
          disabledReason={replayDenied ?? inFlight}
          onSelect={() => router.push(replayPath(workspaceSlug, run.id))}
        >
          <RotateCcw aria-hidden />
          Replay
        </DropdownMenuItem>
        {compare ? (
          <DropdownMenuItem onSelect={() => router.push(compare)}>
            <Columns2 aria-hidden />
            Compare with original
          </DropdownMenuItem>
        ) : null}
        <DropdownMenuItem onSelect={() => router.push(monitoringPath(workspaceSlug, run.id))}>
          <Activity aria-hidden />
          Monitoring detail
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void copyAndSay(run.id, "Run id copied")}>
          <Copy aria-hidden />
          Copy run id
        </DropdownMenuItem>
        <DropdownMenuSeparator />
        <DropdownMenuItem disabledReason={controlDenied ?? rescheduleDenied(run)} onSelect={() => onReschedule(run)}>
          <CalendarClock aria-hidden />
          Reschedule
        </DropdownMenuItem>
        <DropdownMenuItem danger disabledReason={controlDenied ?? ended} onSelect={() => onCancel(run)}>
          <CircleStop aria-hidden />
          Cancel run
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
