"use client";

import { NativeSelect } from "#/components/replay/native-select.tsx";
import { Field } from "#/components/ui/field.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import { type BatchDraft, capFault } from "./batch-draft.ts";

/** The name of the batch, when it stops by itself, and what a run does to it that cannot be replayed. */
export function BatchFields({
  draft,
  onChange,
}: {
  draft: BatchDraft;
  onChange: (change: Partial<BatchDraft>) => void;
}) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 border-t border-line pt-3">
      <legend className="sr-only">Batch</legend>
      <div className="grid gap-3 sm:grid-cols-3">
        <TextField
          label="Batch name"
          maxLength={200}
          placeholder="Optional"
          value={draft.name}
          onText={(name) => onChange({ name })}
        />
        <TextField
          label="Cost cap in dollars"
          hint="Pauses the batch when reached."
          error={capFault(draft.maxCost)}
          inputMode="decimal"
          placeholder="No cap"
          value={draft.maxCost}
          onText={(maxCost) => onChange({ maxCost })}
        />
        <Field label="If a run is refused">
          {(control) => (
            <NativeSelect
              {...control}
              value={draft.onRefusal}
              onChange={(event) => onChange({ onRefusal: event.currentTarget.value === "stop" ? "stop" : "skip" })}
            >
              <option value="skip">Continue</option>
              <option value="stop">Skip the rest</option>
            </NativeSelect>
          )}
        </Field>
      </div>
    </fieldset>
  );
}
