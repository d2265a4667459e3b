"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { Select } from "#/components/ui/select.tsx";
import { type Scope, scopes } from "#/lib/contract/access.ts";
import type { ApiKeyCreated } from "#/lib/contract/administration.ts";
import { expiresAt, expiries, type Expiry, scopeAbout } from "./key-form.ts";

export type CreateKeyAction = ServerAction<{ name: string; scopes: Scope[]; expiresAt?: string }, ApiKeyCreated>;

type Props = { accountDenied: string | null; create: CreateKeyAction };

/** Makes a key and shows its secret, once. */
export function NewApiKey({ accountDenied, create }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  // The secret is kept for as long as the window is open, and by nothing else.
  const change = (open: boolean) => {
    setOpen(open);
    if (!open) setSecret(null);
  };
  return (
    <Dialog open={isOpen} onOpenChange={change}>
      <Button variant="primary" onClick={() => change(true)}>
        <Plus aria-hidden />
        New API key
      </Button>
      {isOpen && secret === null ? (
        <KeyForm accountDenied={accountDenied} create={create} onCreated={setSecret} />
      ) : null}
      {isOpen && secret !== null ? <SecretShown secret={secret} /> : null}
    </Dialog>
  );
}

function KeyForm({ accountDenied, create, onCreated }: Props & { onCreated: (secret: string) => void }) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<Scope[]>(["runs:read"]);
  const [expiry, setExpiry] = useState<Expiry>("90d");
  const { run, isBusy, refusal } = useServerAction(create);
  const missing =
    name.trim() === "" ? "Give the key a name." : chosen.length === 0 ? "Choose at least one scope." : null;
  const submit = () => {
    const end = expiresAt(expiry, Date.now());
    run({ name: name.trim(), scopes: chosen, ...(end ? { expiresAt: end } : {}) }, (key) => onCreated(key.secret));
  };
  return (
    <DialogContent
      title="New API key"
      description="Give it no more than its program needs."
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button size="md" variant="primary" loading={isBusy} disabledReason={missing} onClick={submit}>
            Create key
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Name" hint="What will use it, for example “CI”." error={fieldMessage(refusal, "name")}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
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
      </div>
    </DialogContent>
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

function SecretShown({ secret }: { secret: string }) {
  return (
    <DialogContent
      title="API key created"
      description="This is the only time that its secret is shown."
      footer={
        <DialogClose asChild>
          <Button size="md" variant="primary">
            I have stored it
          </Button>
        </DialogClose>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="flex items-start gap-2 rounded-md border border-line-strong bg-surface px-3 py-2">
          <output aria-label="Secret of the new API key" className="min-w-0 grow font-mono text-sm break-all">
            {secret}
          </output>
          <CopyButton value={secret} label="Copy the secret" className="text-ink">
            Copy
          </CopyButton>
        </p>
        <Callout kind="warning">
          Copy it now, to a secret store. Nobody can read it again: only its hash is kept.
        </Callout>
      </div>
    </DialogContent>
  );
}
