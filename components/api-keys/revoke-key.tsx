"use client";

import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";

/** Ends a key after asking. */
export function RevokeKey({ id, name, revoke }: { id: string; name: string; revoke: ServerAction<{ id: string }> }) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(revoke, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Key not revoked", { description: message });
    },
  });
  const confirm = () =>
    run({ id }, () => {
      setOpen(false);
      toast.success("Key revoked", { description: name });
    });
  return (
    <>
      <Button variant="ghost" aria-label={`Revoke ${name}`} onClick={() => setOpen(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Revoke ${name}?`}
        confirmLabel="Revoke key"
        busy={isBusy}
        onConfirm={confirm}
      >
        What uses it is refused from the next request on, and its open streams end within 5 s. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
