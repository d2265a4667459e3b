"use client";

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { DialogClose, DialogContent } from "./dialog.tsx";
import { DraftDialog, DraftNotice } from "./draft-dialog.tsx";

/** A button that opens a dialog which keeps its draft (see DraftDialog for `draft` and what `dialog` gets). */
export function DialogButton({
  dialog,
  draft,
  ...button
}: Parameters<typeof Button>[0] & {
  dialog: (accept: () => void, drop: () => void) => ReactNode;
  draft: string;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button {...button} onClick={() => setOpen(true)} />
      <DraftDialog open={isOpen} onOpenChange={setOpen} draft={draft}>
        {dialog}
      </DraftDialog>
    </>
  );
}

/**
 * The content of a dialog that is a form: Enter in a line of text submits it, as its button does. A submit that was
 * refused moves the focus to the first field at fault. `onSubmit` gets the form's named fields.
 */
export function FormDialog({
  title,
  description,
  size,
  submitLabel,
  isDangerous = false,
  closeLabel = "Close",
  busy,
  disabledReason,
  onSubmit,
  children,
}: {
  title: ReactNode;
  description?: ReactNode;
  size?: "sm" | "md" | "lg";
  submitLabel: string;
  /** The button is red: what it does cannot be undone, or reaches the world. */
  isDangerous?: boolean;
  closeLabel?: string;
  busy: boolean;
  disabledReason?: string | null;
  onSubmit: (fields: FormData) => void;
  children?: ReactNode;
}) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [submits, setSubmits] = useState(0);
  useEffect(() => {
    if (submits > 0 && !busy) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [submits, busy]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setSubmits((count) => count + 1);
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <DialogContent
      title={title}
      description={description}
      size={size}
      footer={
        <>
          <DraftNotice />
          <DialogClose asChild>
            <Button size="md">{closeLabel}</Button>
          </DialogClose>
          <Button
            type="submit"
            form={id}
            size="md"
            variant={isDangerous ? "danger" : "primary"}
            loading={busy}
            disabledReason={disabledReason}
          >
            {submitLabel}
          </Button>
        </>
      }
    >
      <form id={id} ref={form} noValidate autoComplete="off" onSubmit={submit} className="flex flex-col gap-3">
        {children}
      </form>
    </DialogContent>
  );
}
