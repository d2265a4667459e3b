"use client";

import { TextAreaField } from "#/components/ui/text-field.tsx";

type Props = { value: string; onText: (text: string) => void; hint: string; error: string | undefined };

/** Headers, one `Name: value` per line. */
export function HeaderField({ placeholder, ...props }: Props & { placeholder: string }) {
  return (
    <TextAreaField
      {...props}
      label="Headers"
      mono
      rows={2}
      className="[&_textarea]:min-h-0"
      placeholder={placeholder}
    />
  );
}
