"use client";

import { type ReactNode, useId } from "react";
import { cn } from "./class-names.ts";

export type FieldControlProps = { id: string; "aria-describedby"?: string; "aria-invalid"?: true };

/** Label, control, hint and error, tied together: `children` gets the ids to spread on its control. */
export function Field({
  label,
  hint,
  error,
  className,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  className?: string;
  children: (control: FieldControlProps) => ReactNode;
}) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className={cn("flex min-w-0 flex-col gap-1", className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
      </label>
      {children({
        id,
        ...(note ? { "aria-describedby": noteId } : {}),
        ...(error ? { "aria-invalid": true } : {}),
      })}
      {note ? (
        <p id={noteId} className={cn("text-sm", error ? "text-danger" : "text-ink-subtle")}>
          {note}
        </p>
      ) : null}
    </div>
  );
}
