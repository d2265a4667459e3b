"use client";

import { useId } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { Input } from "#/components/ui/input.tsx";
import { RadioGroup } from "#/components/ui/radio-group.tsx";
import { type ListDraft, withEntry } from "./policy-draft.ts";

/** A list of names: not set, none, or these. Names are compared byte for byte, and need not be known here. */
export function ListEditor({
  legend,
  noun,
  example,
  known,
  value,
  onChange,
}: {
  legend: string;
  noun: string;
  example: string;
  known: string[];
  value: ListDraft;
  onChange: (value: ListDraft) => void;
}) {
  return (
    <section className="flex flex-col gap-1">
      <h3 className="font-medium">{legend}</h3>
      <RadioGroup
        label={legend}
        value={value.mode}
        onValueChange={(mode) => onChange({ ...value, mode: mode as ListDraft["mode"] })}
        options={[
          { value: "unset", label: "Not set", description: `No limit at this level: every ${noun} passes.` },
          { value: "none", label: "None", description: `An empty list: no ${noun} can be used.` },
          {
            value: "list",
            label: "Only these",
            content: (
              <Entries
                legend={legend}
                noun={noun}
                example={example}
                options={[...new Set([...known, ...value.entries])]}
                value={value}
                onChange={onChange}
              />
            ),
          },
        ]}
      />
    </section>
  );
}

function Entries({
  legend,
  noun,
  example,
  options,
  value,
  onChange,
}: {
  legend: string;
  noun: string;
  example: string;
  options: string[];
  value: ListDraft;
  onChange: (value: ListDraft) => void;
}) {
  const [added, setAdded] = useDraft(`another ${noun}`, "");
  const inputId = useId();
  const add = () => {
    if (added !== "") onChange(withEntry(value, added, true));
    setAdded("");
  };
  return (
    <div className="flex flex-col gap-2">
      <div
        role="group"
        aria-label={legend}
        className="grid max-h-52 grid-cols-1 gap-x-4 gap-y-1 overflow-y-auto rounded-md border border-line-strong p-2 sm:grid-cols-2"
      >
        {options.map((option) => (
          <Checkbox
            key={option}
            checked={value.entries.includes(option)}
            onCheckedChange={(isIn) => onChange(withEntry(value, option, isIn))}
            label={<span className="font-mono text-sm break-all">{option}</span>}
          />
        ))}
      </div>
      <div className="flex items-end gap-2">
        <div className="min-w-0 grow">
          <label htmlFor={inputId} className="text-sm text-ink-muted">
            Another {noun}
          </label>
          <Input
            id={inputId}
            mono
            placeholder={example}
            maxLength={300}
            value={added}
            onChange={(event) => setAdded(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
              event.preventDefault();
              add();
            }}
          />
        </div>
        <Button size="md" disabledReason={added === "" ? `Enter a ${noun} first.` : null} onClick={add}>
          Add
        </Button>
      </div>
    </div>
  );
}
