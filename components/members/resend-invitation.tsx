"use client";

import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog } from "#/components/ui/dialog.tsx";
import type { InvitationCreated } from "#/lib/contract/person.ts";
import type { InvitationRow } from "./invitations-table.tsx";
import { invitationWarning, SecretLink } from "./secret-link.tsx";

export type ResendAction = ServerAction<{ id: string }, InvitationCreated>;

/** Makes a fresh link for an invitation whose link is lost or too old. */
export function ResendInvitation({ invitation, resend }: { invitation: InvitationRow; resend: ResendAction }) {
  const [path, setPath] = useState<string | null>(null);
  const { run, isBusy } = useServerAction(resend, {
    refused: ({ message }) => void toast.error("No new link", { description: message }),
  });
  return (
    <Dialog open={path !== null} onOpenChange={(open) => (open ? null : setPath(null))}>
      <Button
        variant="ghost"
        loading={isBusy}
        aria-label={`New link for ${invitation.email}`}
        disabledReason={invitation.resendDenied}
        onClick={() => run({ id: invitation.id }, ({ url }) => setPath(url))}
      >
        New link
      </Button>
      {path !== null ? (
        <SecretLink
          title={`New link for ${invitation.email}`}
          path={path}
          label="Invitation link"
          warning={`The previous link no longer works. ${invitationWarning}`}
        />
      ) : null}
    </Dialog>
  );
}
