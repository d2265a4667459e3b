"use client";

import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { useDraft, useSecretDraft } from "#/components/ui/draft-dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { Input } from "#/components/ui/input.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import type { PutProviderRequest } from "#/lib/contract/provider.ts";
import { builtInProviders, type ProviderRow } from "./provider-rows.ts";

export type SetProviderAction = ServerAction<PutProviderRequest & { provider: string }>;

type Props = {
  /** The provider whose key is set; null for one that is named in the form. */
  row: ProviderRow | null;
  set: SetProviderAction;
};

/** Sets or replaces the workspace's own key and address of a provider. */
export function SetProvider({ denied, ...props }: Props & { denied: string | null }) {
  const { row } = props;
  const label = row === null ? "Add provider" : row.access === "workspace" ? "Replace key" : "Set key";
  return (
    <DialogButton
      variant={row ? "ghost" : "secondary"}
      aria-label={row ? `${label} of ${row.provider}` : undefined}
      disabledReason={denied}
      draft={`provider ${row?.provider ?? ""}`}
      dialog={(close) => <SetProviderForm {...props} label={label} onDone={close} />}
    >
      {label}
    </DialogButton>
  );
}

type Draft = { provider: string; url: string; needsNone: boolean };

function SetProviderForm({ row, set, label, onDone }: Props & { label: string; onDone: () => void }) {
  const before = row?.access === "workspace" ? row : null;
  const [draft, setDraft] = useDraft<Draft>("provider", {
    ...{ provider: row?.provider ?? "", url: before?.baseUrl ?? "" },
    needsNone: false,
  });
  const [hasKey, setHasKey] = useDraft("hasKey", false, { isSecret: true });
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const { run, isBusy, refusal } = useServerAction(set);
  const { provider } = draft;
  const isCompatible = provider !== "" && !builtInProviders.includes(provider);
  const url = draft.url.trim();
  const submit = (fields: FormData) => {
    const key = String(fields.get("apiKey") ?? "");
    const apiKey = key !== "" || draft.needsNone ? { apiKey: draft.needsNone ? "" : key } : {};
    run({ provider, ...(url === "" ? {} : { baseUrl: url }), ...apiKey }, () => {
      onDone();
      toast.success(before ? "Key replaced" : "Key set", { description: provider });
    });
  };
  return (
    <FormDialog
      title={row ? `${label} of ${row.provider}` : label}
      description="The workspace key takes precedence over the installation key, from the next call of every run."
      submitLabel={before ? "Replace key" : "Set key"}
      busy={isBusy}
      disabledReason={missingIn(draft, hasKey, isCompatible, before)}
      onSubmit={submit}
    >
      {row ? null : (
        <TextField
          label="Provider"
          mono
          maxLength={64}
          hint="Model refs begin with this name."
          value={provider}
          onText={(name) => change({ provider: name })}
          error={fieldMessage(refusal, "provider")}
        />
      )}
      <TextField
        label="Base URL"
        mono
        type="url"
        maxLength={2048}
        placeholder={isCompatible ? "https://models.example.com/v1" : undefined}
        hint={
          isCompatible
            ? "A server that supports OpenAI’s chat format."
            : "Leave empty for the provider’s own address. If you change it, enter the key again."
        }
        value={draft.url}
        onText={(text) => change({ url: text })}
        error={fieldMessage(refusal, "baseUrl")}
      />
      {draft.needsNone ? null : (
        <KeyField
          hint={
            before
              ? "The current key is not shown. Enter a new one to replace it."
              : "Stored encrypted, sent to this address only, never shown again."
          }
          error={fieldMessage(refusal, "apiKey")}
          onHasKey={setHasKey}
        />
      )}
      {isCompatible ? (
        <Checkbox
          checked={draft.needsNone}
          onCheckedChange={(needsNone) => change({ needsNone })}
          label="The server needs no key"
        />
      ) : null}
      <RefusalCallout refusal={refusal} shown={["provider", "baseUrl", "apiKey"]} />
    </FormDialog>
  );
}

/** The key is only in the field, not in the page's state or markup: the page is told only whether there is one. */
function KeyField({
  hint,
  error,
  onHasKey,
}: {
  hint: string;
  error: string | undefined;
  onHasKey: (hasKey: boolean) => void;
}) {
  const { ref, keep } = useSecretDraft("apiKey");
  return (
    <Field label="API key" hint={hint} error={error}>
      {(control) => (
        <Input
          {...control}
          ref={ref}
          mono
          name="apiKey"
          type="password"
          autoComplete="off"
          spellCheck={false}
          maxLength={4096}
          onChange={(event) => {
            keep(event.currentTarget.value);
            onHasKey(event.currentTarget.value !== "");
          }}
        />
      )}
    </Field>
  );
}

/** What the form still lacks. The server decides whether a changed address needs the key again. Pure. */
function missingIn(draft: Draft, hasKey: boolean, isCompatible: boolean, before: ProviderRow | null): string | null {
  if (draft.provider === "") return "Enter the provider’s name.";
  if (isCompatible && draft.url.trim() === "") return "Enter the server’s address.";
  if (hasKey || draft.needsNone) return null;
  if (before === null) return "Enter the key.";
  return draft.url.trim().replace(/\/+$/, "") === before.baseUrl ? "Nothing has changed." : null;
}
