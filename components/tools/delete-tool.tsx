"use client";

import { ConfirmAction } from "#/components/shell/confirm-action.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";

type Props = { id: string; name: string; denied: string | null; remove: ServerAction<{ id: string }> };

/** Deletes an HTTP tool of the workspace, after asking. */
export function DeleteTool({ id, name, denied, remove }: Props) {
  return (
    <ConfirmAction
      label="Delete"
      of={name}
      denied={denied}
      question={`Delete ${name}?`}
      confirmLabel="Delete tool"
      action={remove}
      input={{ id }}
      done="Tool deleted"
      refused="Tool not deleted"
    >
      Steps and agents whose definition says <code className="font-mono">use: {name}</code> will fail when they call it.
      Its marks are deleted too.
    </ConfirmAction>
  );
}
