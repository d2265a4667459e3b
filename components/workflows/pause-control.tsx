"use client";

import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Textarea } from "#/components/ui/textarea.tsx";

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
  unpause: ServerAction<{ slug: string }>;
}) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <Button disabledReason={denied} onClick={() => setOpen(true)}>
        {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
        {isPaused ? "Unpause" : "Pause for safety"}
      </Button>
      {isPaused ? (
        <UnpauseContent slug={slug} unpause={unpause} onDone={close} />
      ) : (
        <PauseContent slug={slug} pause={pause} onDone={close} />
      )}
    </Dialog>
  );
}

function PauseContent({
  slug,
  pause,
  onDone,
}: {
  slug: string;
  pause: ServerAction<{ slug: string; reason: string }>;
  onDone: () => void;
}) {
  const [reason, setReason] = useState("");
  const { run, isBusy, refusal } = useServerAction(pause);
  const submit = () =>
    run({ slug, reason }, () => {
      toast.success("Workflow paused", { description: slug });
      onDone();
    });
  return (
    <DialogContent
      title="Pause this workflow for safety?"
      description="It takes no triggers and no replays until somebody unpauses it. Queued runs fail before they call anything; runs that have begun go on."
      size="sm"
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Keep it running</Button>
          </DialogClose>
          <Button
            size="md"
            variant="danger"
            loading={isBusy}
            disabledReason={reason.trim() === "" ? "Say why, for those who meet the pause." : null}
            onClick={submit}
          >
            Pause workflow
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="Reason"
          hint="Everybody who wants to trigger or replay reads it."
          error={fieldMessage(refusal, "reason")}
        >
          {(control) => (
            <Textarea
              {...control}
              value={reason}
              maxLength={500}
              rows={3}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
        </Field>
        <RefusalCallout refusal={refusal} shown={["reason"]} />
      </div>
    </DialogContent>
  );
}

function UnpauseContent({
  slug,
  unpause,
  onDone,
}: {
  slug: string;
  unpause: ServerAction<{ slug: string }>;
  onDone: () => void;
}) {
  const { run, isBusy, refusal } = useServerAction(unpause);
  const submit = () =>
    run({ slug }, () => {
      toast.success("Workflow unpaused", { description: slug });
      onDone();
    });
  return (
    <DialogContent
      title="Let this workflow run again?"
      description="It takes triggers and replays again at once."
      size="sm"
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Keep it paused</Button>
          </DialogClose>
          <Button size="md" variant="primary" loading={isBusy} onClick={submit}>
            Unpause workflow
          </Button>
        </>
      }
    >
      {refusal ? <RefusalCallout refusal={refusal} /> : null}
    </DialogContent>
  );
}
