"use client";

import type { ComponentProps, ReactNode } from "react";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { Textarea } from "./textarea.tsx";

type Labelled = {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  value: string;
  onText: (text: string) => void;
};

/** A labelled line of text. */
export function TextField({
  label,
  hint,
  error,
  onText,
  className,
  ...props
}: Labelled & Omit<ComponentProps<typeof Input>, "id" | "onChange">) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(control) => (
        <Input
          autoComplete="off"
          spellCheck={false}
          {...props}
          {...control}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** Several labelled lines of text. */
export function TextAreaField({
  label,
  hint,
  error,
  onText,
  className,
  ...props
}: Labelled & Omit<ComponentProps<typeof Textarea>, "id" | "onChange">) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(control) => (
        <Textarea
          autoComplete="off"
          spellCheck={false}
          {...props}
          {...control}
          onChange={(event) => onText(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
