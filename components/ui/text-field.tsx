"use client";

import type { ComponentProps, ComponentType, FormEvent, ReactNode } from "react";
import { Field, type FieldControlProps } from "./field.tsx";
import { Input } from "./input.tsx";
import { Textarea } from "./textarea.tsx";

type Labelled = {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  className?: string;
  value: string;
  onText: (text: string) => void;
};
type Control = FieldControlProps & {
  autoComplete: string;
  spellCheck: boolean;
  onChange: (event: FormEvent<HTMLInputElement | HTMLTextAreaElement>) => void;
};

/** A labelled line of text. */
export function TextField(props: Labelled & Omit<ComponentProps<typeof Input>, "id" | "onChange">) {
  return labelled(Input, props);
}

/** Several labelled lines of text. */
export function TextAreaField(props: Labelled & Omit<ComponentProps<typeof Textarea>, "id" | "onChange">) {
  return labelled(Textarea, props);
}

function labelled(Text: ComponentType<Control>, { label, hint, error, onText, className, ...props }: Labelled) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(control) => (
        <Text
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
