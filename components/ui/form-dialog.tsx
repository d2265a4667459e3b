"use client";

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog, DialogClose, DialogContent } from "./dialog.tsx";

/** A button that opens a dialog, which starts afresh each time; `dialog` gets what closes it. */
export function DialogButton({
  dialog,
  ...button
}: Parameters<typeof Button>[0] & { dialog: (close: () => void) => ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <Button {...button} onClick={() => setOpen(true)} />
      {isOpen ? dialog(() => setOpen(false)) : null}
    </Dialog>
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
  busy,
  disabledReason,
  onSubmit,
  children,
}: {
  title: ReactNode;
  description?: ReactNode;
  size?: "sm" | "md" | "lg";
  submitLabel: string;
  busy: boolean;
  disabledReason?: string | null;
  onSubmit: (fields: FormData) => void;
  children: ReactNode;
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
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button type="submit" form={id} size="md" variant="primary" loading={busy} disabledReason={disabledReason}>
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
