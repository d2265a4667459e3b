"use client";

import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import type { EnvironmentView } from "#/lib/contract/administration.ts";
import { ttlMsOf } from "#/lib/core/duration.ts";

export type SetDefaultTtlAction = ServerAction<{ environment: string; defaultTtl: string | null }>;
type Props = { environment: EnvironmentView; set: SetDefaultTtlAction };

/** Says how long runs of an environment wait for their start, if they do not say so themselves. */
export function EditDefaultTtl({ denied, ...props }: Props & { denied: string | null }) {
  return (
    <DialogButton
      disabledReason={denied}
      draft={`default ttl ${props.environment.name}`}
      dialog={(close) => <EditDefaultTtlForm {...props} onDone={close} />}
    >
      Change default TTL
    </DialogButton>
  );
}

function EditDefaultTtlForm({
  environment: { name, defaultTtl: before },
  set,
  onDone,
}: Props & { onDone: () => void }) {
  const [text, setText] = useDraft("ttl", before ?? "");
  const { run, isBusy, refusal, clear } = useServerAction(set);
  const typed = text.trim();
  const defaultTtl = typed === "" ? null : typed;
  const fault = defaultTtl !== null && ttlMsOf(defaultTtl) === null ? "Enter a duration such as 30s, 10m or 1h." : null;
  const submit = () =>
    run({ environment: name, defaultTtl }, () => {
      onDone();
      toast.success("Default TTL changed", { description: `${defaultTtl ?? "none"} in ${name}` });
    });
  return (
    <FormDialog
      title="Default TTL"
      description={`Environment ${name}. For runs that are triggered without a TTL: one that has not started by then fails as expired.`}
      size="sm"
      submitLabel="Save default TTL"
      busy={isBusy}
      disabledReason={fault ?? (defaultTtl === before ? "Nothing has changed." : null)}
      onSubmit={submit}
    >
      <TextField
        label="Default TTL"
        hint="A duration such as 30s, 10m or 1h. Leave empty to let runs wait indefinitely."
        error={fault ?? fieldMessage(refusal, "defaultTtl")}
        mono
        maxLength={64}
        placeholder="none"
        value={text}
        onText={(next) => {
          clear();
          setText(next);
        }}
      />
      <RefusalCallout refusal={refusal} shown={["defaultTtl"]} />
    </FormDialog>
  );
}
