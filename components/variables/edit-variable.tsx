"use client";

import { Plus } from "lucide-react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextAreaField, TextField } from "#/components/ui/text-field.tsx";
import type { VariablesView } from "#/lib/contract/administration.ts";
import { variablePattern } from "./variable-query.ts";

export type SetVariableAction = ServerAction<{ environment: string; name: string; value: string; secret: boolean }>;

type Props = {
  environment: string;
  /** The one to change; null for a new one. */
  variable: VariablesView["variables"][number] | null;
  set: SetVariableAction;
};

/** Sets a variable: a new one, or a new value for an existing one. */
export function EditVariable(props: Props) {
  const { variable, environment } = props;
  return (
    <DialogButton
      variant={variable ? "ghost" : "primary"}
      aria-label={variable ? `Change ${variable.name}` : undefined}
      draft={`variable ${environment} ${variable?.name ?? ""}`}
      dialog={(close) => <EditVariableForm {...props} onDone={close} />}
    >
      {variable ? null : <Plus aria-hidden />}
      {variable ? "Change" : "New variable"}
    </DialogButton>
  );
}

function EditVariableForm({ environment, variable, set, onDone }: Props & { onDone: () => void }) {
  const [name, setName] = useDraft("name", variable?.name ?? "");
  const [isSecret, setSecret] = useDraft("isSecret", variable?.secret ?? false);
  // The person may say last that it is a secret, so no value is written to storage.
  const [value, setValue] = useDraft("value", variable?.value ?? "", { isSecret: true });
  const { run, isBusy, refusal } = useServerAction(set);
  const submit = () =>
    run({ environment, name, value, secret: isSecret }, () => {
      onDone();
      toast.success("Variable set", { description: `${name} in ${environment}` });
    });
  return (
    <FormDialog
      title={variable ? `Change ${variable.name}` : "New variable"}
      description={`Environment ${environment}. Applies to runs that start, or resume after a wait, from now on.`}
      submitLabel="Set variable"
      busy={isBusy}
      disabledReason={
        variablePattern.test(name) ? null : "A name starts with a letter or _, followed by letters, digits or _."
      }
      onSubmit={submit}
    >
      {variable ? null : (
        <TextField
          label="Name"
          error={fieldMessage(refusal, "name")}
          mono
          maxLength={128}
          value={name}
          onText={setName}
        />
      )}
      <TextAreaField
        label={variable?.secret ? "New value" : "Value"}
        hint={variable?.secret ? "The current value is not shown. Enter a new one to replace it." : undefined}
        error={fieldMessage(refusal, "value")}
        mono
        rows={3}
        maxLength={65_536}
        value={value}
        onText={setValue}
      />
      <Checkbox checked={isSecret} onCheckedChange={setSecret} label="Secret: stored encrypted, never shown again" />
      <RefusalCallout refusal={refusal} shown={["name", "value"]} />
    </FormDialog>
  );
}
