"use client";

import { useEffect, useRef } from "react";
import { fieldMessage, type Refusal } from "#/components/shell/refusal.ts";
import { TextAreaField } from "#/components/ui/text-field.tsx";

type Props = { hint?: string; refusal: Refusal | null; text: string; onText: (text: string) => void };

/** The text of a prompt. The server's faults are shown below it, and the cursor moves to the place. */
export function PromptTextField({ hint, refusal, text, onText }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const area = field.current;
    if (!area || refusal?.offset === undefined) return;
    area.focus();
    area.setSelectionRange(refusal.offset, Math.min(refusal.offset + 2, area.value.length));
  }, [refusal]);
  return (
    <TextAreaField
      ref={field}
      label="Text"
      hint={hint}
      error={fieldMessage(refusal, "text")}
      mono
      rows={12}
      value={text}
      onText={onText}
    />
  );
}
