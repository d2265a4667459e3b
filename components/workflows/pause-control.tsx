"use client";

import { Pause, Play } from "lucide-react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage, type Refusal } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextAreaField } from "#/components/ui/text-field.tsx";

/** Pauses a workflow for safety with a reason, or lets it run again. */
export function PauseControl({
  slug,
  isPaused,
  denied,
  pause,
  unpause,
}: {
  slug: string;
  isPaused: boolean;
  denied: string | null;
  pause: ServerAction<{ slug: string; reason: string }>;
  unpause: ServerAction<{ slug: string; reason?: string }>;
}) {
  return (
    <DialogButton
      disabledReason={denied}
      draft={isPaused ? "unpause" : "pause"}
      dialog={(close) =>
        isPaused ? (
          <UnpauseForm slug={slug} unpause={unpause} onDone={close} />
        ) : (
          <PauseForm slug={slug} pause={pause} onDone={close} />
        )
      }
    >
      {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
      {isPaused ? "Unpause" : "Pause for safety"}
    </DialogButton>
  );
}

function PauseForm({
  slug,
  pause,
  onDone,
}: {
  slug: string;
  pause: ServerAction<{ slug: string; reason: string }>;
  onDone: () => void;
}) {
  const [reason, setReason] = useDraft("reason", "");
  const { run, isBusy, refusal } = useServerAction(pause);
  const submit = () =>
    run({ slug, reason }, () => {
      toast.success("Workflow paused", { description: slug });
      onDone();
    });
  return (
    <FormDialog
      title="Pause this workflow for safety?"
      description="It accepts no triggers or replays until it is unpaused. Queued runs fail before their first call; runs in progress continue."
      size="sm"
      closeLabel="Keep it running"
      submitLabel="Pause workflow"
      isDangerous
      busy={isBusy}
      disabledReason={reason.trim() === "" ? "Enter a reason." : null}
      onSubmit={submit}
    >
      <ReasonField
        hint="Shown to everyone who tries to trigger or replay."
        value={reason}
        onText={setReason}
        refusal={refusal}
      />
    </FormDialog>
  );
}

function UnpauseForm({
  slug,
  unpause,
  onDone,
}: {
  slug: string;
  unpause: ServerAction<{ slug: string; reason?: string }>;
  onDone: () => void;
}) {
  const [reason, setReason] = useDraft("reason", "");
  const { run, isBusy, refusal } = useServerAction(unpause);
  const submit = () =>
    run({ slug, ...(reason.trim() === "" ? {} : { reason }) }, () => {
      toast.success("Workflow unpaused", { description: slug });
      onDone();
    });
  return (
    <FormDialog
      title="Unpause this workflow?"
      description="It accepts triggers and replays again immediately."
      size="sm"
      closeLabel="Keep it paused"
      submitLabel="Unpause workflow"
      busy={isBusy}
      onSubmit={submit}
    >
      <ReasonField hint="Optional. Recorded in the audit log." value={reason} onText={setReason} refusal={refusal} />
    </FormDialog>
  );
}

/** The reason for it, and why it was refused. */
function ReasonField({
  refusal,
  ...field
}: {
  hint: string;
  value: string;
  onText: (reason: string) => void;
  refusal: Refusal | null;
}) {
  return (
    <>
      <TextAreaField label="Reason" error={fieldMessage(refusal, "reason")} maxLength={500} rows={3} {...field} />
      <RefusalCallout refusal={refusal} shown={["reason"]} />
    </>
  );
}
