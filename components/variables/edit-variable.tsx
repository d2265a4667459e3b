"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { Textarea } from "#/components/ui/textarea.tsx";
import type { VariablesView } from "#/lib/contract/administration.ts";
import { variablePattern } from "./variable-query.ts";

export type SetVariableAction = ServerAction<{ environment: string; name: string; value: string; secret: boolean }>;

type Props = {
  environment: string;
  /** The one to change; null for a new one. */
  variable: VariablesView["variables"][number] | null;
  set: SetVariableAction;
};

/** Sets a variable: a new one, or another value for one that is there. */
export function EditVariable(props: Props) {
  const [isOpen, setOpen] = useState(false);
  const { variable } = props;
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      {variable ? (
        <Button variant="ghost" aria-label={`Change ${variable.name}`} onClick={() => setOpen(true)}>
          Change
        </Button>
      ) : (
        <Button variant="primary" onClick={() => setOpen(true)}>
          <Plus aria-hidden />
          New variable
        </Button>
      )}
      {isOpen ? <EditVariableContent {...props} onDone={() => setOpen(false)} /> : null}
    </Dialog>
  );
}

function EditVariableContent({ environment, variable, set, onDone }: Props & { onDone: () => void }) {
  const [name, setName] = useState(variable?.name ?? "");
  const [value, setValue] = useState(variable?.value ?? "");
  const [isSecret, setSecret] = useState(variable?.secret ?? false);
  const { run, isBusy, refusal } = useServerAction(set);
  const submit = () =>
    run({ environment, name, value, secret: isSecret }, () => {
      onDone();
      toast.success("Variable set", { description: `${name} in ${environment}` });
    });
  return (
    <DialogContent
      title={variable ? `Change ${variable.name}` : "New variable"}
      description={`Environment ${environment}. Holds for runs that start, or go on after a wait, from now on.`}
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button
            size="md"
            variant="primary"
            loading={isBusy}
            disabledReason={
              variablePattern.test(name) ? null : "A name starts with a letter or _, then letters, digits and _."
            }
            onClick={submit}
          >
            Set variable
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {variable ? null : (
          <Field label="Name" error={fieldMessage(refusal, "name")}>
            {(control) => (
              <Input
                {...control}
                mono
                autoComplete="off"
                spellCheck={false}
                maxLength={128}
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        <Field
          label={variable?.secret ? "New value" : "Value"}
          hint={variable?.secret ? "The present value is not shown; it is replaced." : undefined}
          error={fieldMessage(refusal, "value")}
        >
          {(control) => (
            <Textarea
              {...control}
              mono
              rows={3}
              autoComplete="off"
              spellCheck={false}
              maxLength={65_536}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
            />
          )}
        </Field>
        <Checkbox checked={isSecret} onCheckedChange={setSecret} label="Secret: stored encrypted, never shown again" />
        <RefusalCallout refusal={refusal} shown={["name", "value"]} />
      </div>
    </DialogContent>
  );
}
