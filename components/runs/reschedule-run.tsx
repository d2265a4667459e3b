"use client";

import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { DraftDialog, useDraft } from "#/components/ui/draft-dialog.tsx";
import { FormDialog } from "#/components/ui/form-dialog.tsx";
import { formatTimestamp } from "#/components/ui/format.ts";
import { RelativeTime, useNowMs } from "#/components/ui/relative-time.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import type { RunSummary } from "#/lib/contract/run.ts";
import { startTime } from "#/lib/runs/start-time.ts";

export type RescheduleAction = ServerAction<{ runId: string; delay: string }>;
type Delayed = Pick<RunSummary, "id" | "status" | "statusReason" | "startAt">;

/** Why a run cannot get another start; null = it can. Pure. */
export function rescheduleDenied({ status, statusReason }: Pick<Delayed, "status" | "statusReason">): string | null {
  return status === "pending" && statusReason === "delayed" ? null : "Only a delayed run can be rescheduled.";
}

/** Gives a delayed run another start. `run` null = closed. */
export function RescheduleDialog({
  run,
  onClose,
  ...props
}: {
  run: Delayed | null;
  reschedule: RescheduleAction;
  onClose: () => void;
  onRescheduled: () => void;
}) {
  return (
    <DraftDialog
      open={run !== null}
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      draft={`reschedule ${run?.id ?? ""}`}
    >
      {(accept) => (run ? <RescheduleForm {...props} run={run} onDone={accept} /> : null)}
    </DraftDialog>
  );
}

function RescheduleForm({
  run: { id, startAt },
  reschedule,
  onRescheduled,
  onDone,
}: {
  run: Delayed;
  reschedule: RescheduleAction;
  onRescheduled: () => void;
  onDone: () => void;
}) {
  const [text, setText] = useDraft("delay", "");
  const nowMs = useNowMs() ?? 0;
  const { run, isBusy, refusal, clear } = useServerAction(reschedule);
  const delay = text.trim();
  const start = delay === "" ? null : startOf(delay, new Date(nowMs));
  const submit = () => {
    if (start === null || "fault" in start) return;
    run({ runId: id, delay }, () => {
      onDone();
      toast.success("Run rescheduled", { description: `Starts ${formatTimestamp(start.iso)}` });
      onRescheduled();
    });
  };
  return (
    <FormDialog
      title="Reschedule run"
      description={startAt === null ? undefined : `Starts ${formatTimestamp(startAt)} as it is.`}
      size="sm"
      submitLabel="Reschedule"
      busy={isBusy}
      disabledReason={start === null ? "Enter a duration or a time." : "fault" in start ? "Correct the start." : null}
      onSubmit={submit}
    >
      <TextField
        label="New start"
        placeholder="2h"
        mono
        maxLength={64}
        value={text}
        hint={
          start === null || "fault" in start ? (
            "A duration from now such as 30m or 2h, or a time such as 2026-12-01 09:00, in UTC unless it says otherwise."
          ) : Date.parse(start.iso) <= nowMs ? (
            "Starts at once: the time has passed."
          ) : (
            <>
              Starts {formatTimestamp(start.iso)}, <RelativeTime iso={start.iso} />
            </>
          )
        }
        error={start !== null && "fault" in start ? start.fault : undefined}
        onText={(next) => {
          clear();
          setText(next);
        }}
      />
      <RefusalCallout refusal={refusal} />
    </FormDialog>
  );
}

/** The moment that a text names, or what is wrong with it. Pure. */
function startOf(delay: string, now: Date): { iso: string } | { fault: string } {
  try {
    return { iso: startTime(delay, now).toISOString() };
  } catch (error) {
    const [field] = (error as { fields?: { message: string }[] }).fields ?? [];
    const message = field?.message ?? "is no time";
    return { fault: `${message.charAt(0).toUpperCase()}${message.slice(1)}.` };
  }
}
