"use client";

import { useId, useMemo, useState } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Textarea } from "#/components/ui/textarea.tsx";
import type { Json } from "#/lib/contract/json.ts";
import type { FieldError } from "#/lib/contract/problem.ts";

/** An original with more characters is not put into a field: the page would freeze on each key. */
const mostText = 200_000;

/** Another trigger payload as JSON, starting from the original's. The text counts only once it was edited. */
export function PayloadEditor({
  original,
  text,
  fault,
  errors,
  onChange,
}: {
  original: Json;
  text: string | null;
  fault: string | undefined;
  /** Where the payload does not fit the version's input schema, as the server says. */
  errors: readonly FieldError[];
  onChange: (text: string | null) => void;
}) {
  const id = useId();
  const [isOpen, setOpen] = useState(text !== null);
  const first = useMemo(() => (isOpen ? JSON.stringify(original, null, 2) : ""), [isOpen, original]);
  if (!isOpen)
    return (
      <Button size="sm" className="self-start" onClick={() => setOpen(true)}>
        Edit the payload
      </Button>
    );
  const shown = text ?? (first.length > mostText ? "" : first);
  return (
    <div className="flex flex-col gap-1.5">
      <Field
        label="Trigger payload"
        hint={
          text === null && first.length > mostText
            ? "The original is too large to edit here. What you enter replaces it."
            : "JSON. Same as the original until you change it."
        }
        error={fault}
      >
        {(control) => (
          <Textarea
            {...control}
            mono
            rows={8}
            spellCheck={false}
            autoComplete="off"
            aria-invalid={fault !== undefined || errors.length > 0 ? true : undefined}
            aria-details={errors.length > 0 ? id : undefined}
            value={shown}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </Field>
      {fault === undefined && errors.length > 0 ? (
        <ul id={id} aria-label="Errors of the payload" className="flex flex-col text-sm text-danger">
          {errors.slice(0, 10).map((error) => (
            <li key={`${error.path} ${error.message}`}>
              <code className="font-mono">{error.path}</code>: {error.message}
            </li>
          ))}
          {errors.length > 10 ? <li>and {errors.length - 10} more</li> : null}
        </ul>
      ) : null}
      {text === null ? null : (
        <Button size="sm" className="self-start" onClick={() => onChange(null)}>
          Reset to the original payload
        </Button>
      )}
    </div>
  );
}
