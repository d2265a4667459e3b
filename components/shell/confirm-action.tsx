"use client";

import { type ReactNode, useState } from "react";
import { toast } from "sonner";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import { type ServerAction, useServerAction } from "./use-server-action.ts";

/** A quiet button for what cannot be undone: it asks first, and a toast tells the result. */
export function ConfirmAction<I extends object>({
  label,
  of,
  told = of,
  denied,
  question,
  confirmLabel,
  keepLabel,
  action,
  input,
  done,
  refused,
  children,
}: {
  label: string;
  /** What the action is done to, for the button's accessible name. */
  of: string;
  /** The same in the toast. */
  told?: string;
  /** Why this person may not; null = may. */
  denied: string | null;
  question: string;
  confirmLabel: string;
  keepLabel?: string;
  action: ServerAction<I>;
  input: I;
  /** Titles of the toasts. */
  done: string;
  refused: string;
  /** What follows from the action. */
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(action, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error(refused, { description: message });
    },
  });
  const confirm = () =>
    run(input, () => {
      setOpen(false);
      toast.success(done, { description: told });
    });
  return (
    <>
      <Button variant="ghost" aria-label={`${label} ${of}`} disabledReason={denied} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={question}
        confirmLabel={confirmLabel}
        keepLabel={keepLabel}
        busy={isBusy}
        onConfirm={confirm}
      >
        {children}
      </ConfirmDialog>
    </>
  );
}
