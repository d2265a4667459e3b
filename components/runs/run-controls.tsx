"use client";

import { CalendarClock, CircleStop, Pause, Play } from "lucide-react";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { Button } from "#/components/ui/button.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { CancelRunDialog } from "./cancel-run-dialog.tsx";
import { type RescheduleAction, rescheduleDenied, RescheduleDialog } from "./reschedule-run.tsx";
import { type RunAction, tryAction } from "./run-actions.ts";

export type RunControlActions = {
  pause: RunAction;
  resume: RunAction;
  cancel: RunAction;
  reschedule: RescheduleAction;
};

/** Pause, resume, reschedule and cancel. What cannot be done now stays visible and says why. */
export function RunControls({
  workspaceSlug,
  run,
  actions,
  denied,
  onChanged,
}: {
  workspaceSlug: string;
  run: Run;
  actions: RunControlActions;
  denied: string | null;
  onChanged: () => void;
}) {
  const [isBusy, start] = useTransition();
  const [isCancelling, setCancelling] = useState(false);
  const [isRescheduling, setRescheduling] = useState(false);
  const ended = isFinal(run.status) ? "The run has ended." : null;
  const isPaused = run.status === "paused";
  const change = (action: RunAction, done: string, failed: string) =>
    start(async () => {
      const refusal = await tryAction(action, { workspaceSlug, runId: run.id });
      if (refusal) toast.error(failed, { description: refusal });
      else toast.success(done, { description: run.id });
      onChanged();
    });
  return (
    <div className="flex flex-wrap gap-1.5">
      <Button
        loading={isBusy}
        disabledReason={denied ?? ended ?? (isPaused ? "The run is already paused." : null)}
        onClick={() => change(actions.pause, "Pause requested", "Run not paused")}
      >
        <Pause aria-hidden />
        Pause
      </Button>
      <Button
        loading={isBusy}
        disabledReason={denied ?? ended ?? (isPaused ? null : "Only a paused run can be resumed.")}
        onClick={() => change(actions.resume, "Run resumed", "Run not resumed")}
      >
        <Play aria-hidden />
        Resume
      </Button>
      <Button disabledReason={denied ?? rescheduleDenied(run)} onClick={() => setRescheduling(true)}>
        <CalendarClock aria-hidden />
        Reschedule
      </Button>
      <Button disabledReason={denied ?? ended} onClick={() => setCancelling(true)}>
        <CircleStop aria-hidden />
        Cancel
      </Button>
      <CancelRunDialog
        workspaceSlug={workspaceSlug}
        run={isCancelling ? run : null}
        cancel={actions.cancel}
        onClose={() => setCancelling(false)}
        onCancelled={onChanged}
      />
      <RescheduleDialog
        run={isRescheduling ? run : null}
        reschedule={actions.reschedule}
        onClose={() => setRescheduling(false)}
        onRescheduled={onChanged}
      />
    </div>
  );
}
