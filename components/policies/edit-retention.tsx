"use client";

import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { RadioGroup } from "#/components/ui/radio-group.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import { daysWords } from "./policy-words.ts";

type Props = { days: number | null; put: ServerAction<{ retentionDays: number | null }> };

/** Changes how long ended runs are kept. */
export function EditRetention({ denied, ...props }: Props & { denied: string | null }) {
  return (
    <DialogButton
      disabledReason={denied}
      draft="retention"
      dialog={(close) => <EditRetentionForm {...props} onDone={close} />}
    >
      Change retention
    </DialogButton>
  );
}

function EditRetentionForm({ days: before, put, onDone }: Props & { onDone: () => void }) {
  const [isKept, setKept] = useDraft("isKept", before === null);
  const [text, setText] = useDraft("days", String(before ?? ""));
  const { run, isBusy, refusal } = useServerAction(put);
  const days = isKept ? null : /^\d{1,6}$/.test(text.trim()) ? Number(text) : undefined;
  const deletesMore = typeof days === "number" && days > 0 && (before === null || days < before);
  const submit = () => {
    if (days === undefined) return;
    run({ retentionDays: days }, () => {
      onDone();
      toast.success("Retention changed", { description: daysWords(days) });
    });
  };
  return (
    <FormDialog
      title="Retention"
      description="How long runs of this workspace are kept after they end, with their traces and payloads."
      size="sm"
      submitLabel="Save retention"
      busy={isBusy}
      disabledReason={days === undefined ? "Enter a number of days." : days === before ? "Nothing has changed." : null}
      onSubmit={submit}
    >
      <RadioGroup
        label="Keep runs"
        value={isKept ? "kept" : "days"}
        onValueChange={(value) => setKept(value === "kept")}
        options={[
          { value: "kept", label: "Keep them indefinitely" },
          {
            value: "days",
            label: "Delete them a number of days after they end",
            content: (
              <TextField
                label="Days"
                className="w-28"
                inputMode="numeric"
                maxLength={6}
                value={text}
                onText={setText}
                error={fieldMessage(refusal, "retentionDays")}
              />
            ),
          },
        ]}
      />
      {deletesMore ? (
        <Callout kind="warning" title="Runs that ended longer ago are deleted soon.">
          They can no longer be restored, replayed or compared.
        </Callout>
      ) : null}
      <RefusalCallout refusal={refusal} shown={["retentionDays"]} />
    </FormDialog>
  );
}
