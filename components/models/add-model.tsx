"use client";

import { Plus } from "lucide-react";
import { useId, useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import type { CreateModelRequest } from "#/lib/contract/model.ts";
import { noPrices, type PriceDraft, type PriceField, priceFields, readPrices } from "./price-draft.ts";

type Props = { providers: string[]; add: ServerAction<CreateModelRequest> };

/** Adds a model that the catalogue does not have. */
export function AddModel({ denied, ...props }: Props & { denied: string | null }) {
  return (
    <DialogButton
      variant="primary"
      disabledReason={denied}
      draft="new model"
      dialog={(close) => <AddModelForm {...props} onDone={close} />}
    >
      <Plus aria-hidden />
      Add model
    </DialogButton>
  );
}

function AddModelForm({ providers, add, onDone }: Props & { onDone: () => void }) {
  const listId = useId();
  const [provider, setProvider] = useDraft("provider", "");
  const [id, setId] = useDraft("id", "");
  const [name, setName] = useDraft("name", "");
  const [prices, setPrices] = useDraft("prices", noPrices);
  const [wasTried, setTried] = useState(false);
  const { run, isBusy, refusal, clear } = useServerAction(add);
  const { price, faults } = readPrices(prices);
  const missing = provider === "" || id === "" ? "Enter a provider and a model id." : null;
  const submit = () => {
    setTried(true);
    if (Object.keys(faults).length > 0) return clear();
    run({ provider, id, ...(name.trim() ? { name } : {}), ...(price ? { price } : {}) }, () => {
      onDone();
      toast.success("Model added", { description: `${provider}:${id}` });
    });
  };
  return (
    <FormDialog
      title="Add model"
      description="For an OpenAI-compatible server, or a model newer than the catalogue."
      submitLabel="Add model"
      busy={isBusy}
      disabledReason={missing}
      onSubmit={submit}
    >
      <TextField
        label="Provider"
        mono
        maxLength={64}
        list={listId}
        hint="A provider of this workspace, or one whose key you set later."
        value={provider}
        onText={setProvider}
        error={fieldMessage(refusal, "provider")}
      />
      <datalist id={listId}>
        {providers.map((known) => (
          <option key={known}>{known}</option>
        ))}
      </datalist>
      <TextField
        label="Model id"
        mono
        maxLength={200}
        hint={provider && id ? `Definitions refer to it as ${provider}:${id}.` : "The provider’s name for the model."}
        value={id}
        onText={setId}
        error={fieldMessage(refusal, "id")}
      />
      <TextField
        label="Name"
        maxLength={200}
        hint="Defaults to the model id."
        value={name}
        onText={setName}
        error={fieldMessage(refusal, "name")}
      />
      <PriceFields
        prices={prices}
        onPrice={(field, text) => setPrices((old) => ({ ...old, [field]: text }))}
        errorOf={(field) => (wasTried ? faults[field] : undefined) ?? fieldMessage(refusal, `price.${field}`)}
      />
      <RefusalCallout
        refusal={refusal}
        shown={["provider", "id", "name", ...priceFields.map((field) => `price.${field}`)]}
      />
    </FormDialog>
  );
}

const priceLabel: Record<PriceField, string> = {
  input: "Input",
  output: "Output",
  cacheRead: "Cache read",
  cacheWrite: "Cache write",
};

function PriceFields({
  prices,
  onPrice,
  errorOf,
}: {
  prices: PriceDraft;
  onPrice: (field: PriceField, text: string) => void;
  errorOf: (field: PriceField) => string | undefined;
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1 text-sm font-medium">Prices in dollars per million tokens</legend>
      <div className="grid grid-cols-2 gap-x-3 gap-y-2 sm:grid-cols-4">
        {priceFields.map((field) => (
          <TextField
            key={field}
            label={priceLabel[field]}
            inputMode="decimal"
            placeholder="unknown"
            maxLength={16}
            value={prices[field]}
            onText={(text) => onPrice(field, text)}
            error={errorOf(field)}
          />
        ))}
      </div>
      <p className="mt-1 text-sm text-ink-subtle">
        An empty price is unknown, and so is the cost of calls that use it.
      </p>
    </fieldset>
  );
}
