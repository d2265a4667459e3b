"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { SecretDialog } from "#/components/ui/secret-dialog.tsx";
import { Select } from "#/components/ui/select.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import { type Scope, scopes } from "#/lib/contract/access.ts";
import type { ApiKeyCreated } from "#/lib/contract/administration.ts";
import { expiresAt, expiries, type Expiry, scopeAbout } from "./key-form.ts";

export type CreateKeyAction = ServerAction<{ name: string; scopes: Scope[]; expiresAt?: string }, ApiKeyCreated>;

type Props = { accountDenied: string | null; create: CreateKeyAction };

/** Makes a key and shows its secret once. Only the open window keeps the secret. */
export function NewApiKey(props: Props) {
  return (
    <DialogButton variant="primary" draft="new API key" dialog={(_, drop) => <NewKeyDialog {...props} onMade={drop} />}>
      <Plus aria-hidden />
      New API key
    </DialogButton>
  );
}

function NewKeyDialog({ onMade, ...props }: Props & { onMade: () => void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const created = (made: string) => {
    onMade();
    setSecret(made);
  };
  if (secret === null) return <KeyForm {...props} onCreated={created} />;
  return (
    <SecretDialog
      title="API key created"
      description="This is the only time its secret is shown."
      label="Secret of the new API key"
      secret={secret}
      copyLabel="Copy the secret"
      doneLabel="I have stored it"
      warning="Copy it to a secret store now. It cannot be shown again: only its hash is stored."
    />
  );
}

function KeyForm({ accountDenied, create, onCreated }: Props & { onCreated: (secret: string) => void }) {
  const [name, setName] = useDraft("name", "");
  const [chosen, setChosen] = useDraft<Scope[]>("scopes", ["runs:read"]);
  const [expiry, setExpiry] = useDraft<Expiry>("expiry", "90d");
  const { run, isBusy, refusal } = useServerAction(create);
  const missing =
    name.trim() === "" ? "Enter a name for the key." : chosen.length === 0 ? "Choose at least one scope." : null;
  const submit = () => {
    const end = expiresAt(expiry, Date.now());
    run({ name: name.trim(), scopes: chosen, ...(end ? { expiresAt: end } : {}) }, (key) => onCreated(key.secret));
  };
  return (
    <FormDialog
      title="New API key"
      description="Grant only the scopes that its program needs."
      submitLabel="Create key"
      busy={isBusy}
      disabledReason={missing}
      onSubmit={submit}
    >
      <TextField
        label="Name"
        hint="What will use it, for example “CI”."
        error={fieldMessage(refusal, "name")}
        maxLength={100}
        value={name}
        onText={setName}
      />
      <ScopeChoice chosen={chosen} accountDenied={accountDenied} onChange={setChosen} />
      <Field label="Expires" error={fieldMessage(refusal, "expiresAt")}>
        {(control) => (
          <Select
            {...control}
            value={expiry}
            onValueChange={(value) => setExpiry(value as Expiry)}
            options={Object.entries(expiries).map(([value, { label }]) => ({ value, label }))}
          />
        )}
      </Field>
      <RefusalCallout refusal={refusal} shown={["name", "expiresAt"]} />
    </FormDialog>
  );
}

function ScopeChoice({
  chosen,
  accountDenied,
  onChange,
}: {
  chosen: Scope[];
  accountDenied: string | null;
  onChange: (scopes: Scope[]) => void;
}) {
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium">Scopes</legend>
      {scopes.map((scope) => {
        const denied = scope === "account" ? accountDenied : null;
        return (
          <Checkbox
            key={scope}
            className="items-start [&>button]:mt-0.5"
            disabled={denied !== null}
            checked={chosen.includes(scope)}
            onCheckedChange={(isIn) =>
              onChange(scopes.filter((each) => (each === scope ? isIn : chosen.includes(each))))
            }
            label={
              <>
                <span className="font-mono text-sm">{scope}</span>
                <span className="block text-sm text-ink-muted">
                  {scopeAbout[scope]} {denied}
                </span>
              </>
            }
          />
        );
      })}
    </fieldset>
  );
}
