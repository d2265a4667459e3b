"use client";

import { ConfirmAction } from "#/components/shell/confirm-action.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import type { InvitationRow } from "./invitations-table.tsx";

/** Revokes an invitation after asking. */
export function RevokeInvitation({
  invitation: { id, email },
  revoke,
}: {
  invitation: InvitationRow;
  revoke: ServerAction<{ id: string }>;
}) {
  return (
    <ConfirmAction
      label="Revoke"
      of={email}
      denied={null}
      question={`Revoke the invitation of ${email}?`}
      confirmLabel="Revoke invitation"
      action={revoke}
      input={{ id }}
      done="Invitation revoked"
      refused="Invitation not revoked"
    >
      Its link stops working immediately. You can invite the address again.
    </ConfirmAction>
  );
}
