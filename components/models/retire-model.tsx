"use client";

import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";

/** Retires a model in this workspace, or brings it back; asks first. */
export function RetireModel({
  name,
  reference,
  isRetired,
  disabledReason,
  setRetired,
}: {
  name: string;
  reference: string;
  isRetired: boolean;
  disabledReason: string | null;
  setRetired: ServerAction<{ ref: string; retired: boolean }>;
}) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(setRetired, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error(isRetired ? "Model not restored" : "Model not retired", { description: message });
    },
  });
  const confirm = () =>
    run({ ref: reference, retired: !isRetired }, () => {
      setOpen(false);
      toast.success(isRetired ? "Model restored" : "Model retired", { description: reference });
    });
  return (
    <>
      <Button
        variant="ghost"
        aria-label={`${isRetired ? "Restore" : "Retire"} ${name}`}
        disabledReason={disabledReason}
        onClick={() => setOpen(true)}
      >
        {isRetired ? "Restore" : "Retire"}
      </Button>
      {isRetired ? (
        <Dialog open={isOpen} onOpenChange={setOpen}>
          <DialogContent
            title={`Restore ${name}?`}
            description="Runs and replays of this workspace can call it again, if the policies allow it."
            size="sm"
            footer={
              <>
                <DialogClose asChild>
                  <Button size="md">Keep it retired</Button>
                </DialogClose>
                <Button size="md" variant="primary" loading={isBusy} onClick={confirm}>
                  Restore model
                </Button>
              </>
            }
          />
        </Dialog>
      ) : (
        <ConfirmDialog
          open={isOpen}
          onOpenChange={setOpen}
          title={`Retire ${name}?`}
          confirmLabel="Retire model"
          busy={isBusy}
          onConfirm={confirm}
        >
          From the next call on, nothing in this workspace can call {reference}: runs that need it fail, and replays are
          refused. You can restore it later.
        </ConfirmDialog>
      )}
    </>
  );
}
