"use client";

import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import type { InvitationRow } from "./invitations-table.tsx";

/** Ends an invitation after asking. */
export function RevokeInvitation({
  invitation,
  revoke,
}: {
  invitation: InvitationRow;
  revoke: ServerAction<{ id: string }>;
}) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(revoke, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Invitation not revoked", { description: message });
    },
  });
  const confirm = () =>
    run({ id: invitation.id }, () => {
      setOpen(false);
      toast.success("Invitation revoked", { description: invitation.email });
    });
  return (
    <>
      <Button variant="ghost" aria-label={`Revoke ${invitation.email}`} onClick={() => setOpen(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Revoke the invitation of ${invitation.email}?`}
        confirmLabel="Revoke invitation"
        busy={isBusy}
        onConfirm={confirm}
      >
        Its link stops working at once. The address can be invited again.
      </ConfirmDialog>
    </>
  );
}
