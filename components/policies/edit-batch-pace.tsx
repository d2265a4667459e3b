"use client";

import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import { replayQuota } from "#/lib/contract/replay.ts";
import { paceWords } from "./policy-words.ts";

type Props = { pace: number; put: ServerAction<{ batchPace: number }> };
const most = replayQuota.limit - 1;

/** Changes how much of the replay quota batches may take. */
export function EditBatchPace({ denied, ...props }: Props & { denied: string | null }) {
  return (
    <DialogButton
      disabledReason={denied}
      draft="batch pace"
      dialog={(close) => <EditBatchPaceForm {...props} onDone={close} />}
    >
      Change batch pace
    </DialogButton>
  );
}

function EditBatchPaceForm({ pace: before, put, onDone }: Props & { onDone: () => void }) {
  const [text, setText] = useDraft("pace", String(before));
  const { run, isBusy, refusal } = useServerAction(put);
  const typed = /^\d{1,2}$/.test(text.trim()) ? Number(text) : 0;
  const pace = typed >= 1 && typed <= most ? typed : null;
  const submit = () => {
    if (pace === null) return;
    run({ batchPace: pace }, () => {
      onDone();
      toast.success("Batch pace changed", { description: paceWords(pace) });
    });
  };
  return (
    <FormDialog
      title="Batch pace"
      description={`The workspace accepts ${replayQuota.limit} replays a minute. What batches leave of them is for people.`}
      size="sm"
      submitLabel="Save batch pace"
      busy={isBusy}
      disabledReason={
        pace === null ? `Enter a number from 1 to ${most}.` : pace === before ? "Nothing has changed." : null
      }
      onSubmit={submit}
    >
      <TextField
        label="Replays of batches a minute"
        hint={`1 to ${most}`}
        className="w-56"
        inputMode="numeric"
        maxLength={2}
        value={text}
        onText={setText}
        error={fieldMessage(refusal, "batchPace")}
      />
      <RefusalCallout refusal={refusal} shown={["batchPace"]} />
    </FormDialog>
  );
}
