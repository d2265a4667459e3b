"use client";

import { Field } from "#/components/ui/field.tsx";
import { Textarea } from "#/components/ui/textarea.tsx";

type Props = { value: string; onChange: (value: string) => void; hint: string; error?: string };

/** Secret headers, one `Name: value` a line. */
export function HeaderField({ value, onChange, hint, error }: Props) {
  return (
    <Field label="Headers" hint={hint} error={error}>
      {(control) => (
        <Textarea
          {...control}
          mono
          rows={2}
          autoComplete="off"
          spellCheck={false}
          placeholder="Authorization: Bearer …"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
