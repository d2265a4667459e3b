"use client";

import { ConfirmAction } from "#/components/shell/confirm-action.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";

/** Revokes a key after asking. */
export function RevokeKey({ id, name, revoke }: { id: string; name: string; revoke: ServerAction<{ id: string }> }) {
  return (
    <ConfirmAction
      label="Revoke"
      of={name}
      denied={null}
      question={`Revoke ${name}?`}
      confirmLabel="Revoke key"
      action={revoke}
      input={{ id }}
      done="Key revoked"
      refused="Key not revoked"
    >
      Keys that were made with it are revoked as well. Programs that use them are refused on their next request, and
      their open streams end within 5 s. This cannot be undone.
    </ConfirmAction>
  );
}
