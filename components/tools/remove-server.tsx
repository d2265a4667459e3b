"use client";

import { ConfirmAction } from "#/components/shell/confirm-action.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import type { McpServerView } from "#/lib/contract/tool.ts";

type Props = { server: McpServerView; denied: string | null; remove: ServerAction<{ id: string }> };

/** Removes a server with its tools, after asking. */
export function RemoveServer({ server, denied, remove }: Props) {
  return (
    <ConfirmAction
      label="Remove"
      of={server.name}
      denied={denied}
      question={`Remove ${server.name}?`}
      confirmLabel="Remove server"
      action={remove}
      input={{ id: server.id }}
      done="Server removed"
      refused="Server not removed"
    >
      Steps that call its tools will fail. Its headers and the marks on its tools are deleted too.
    </ConfirmAction>
  );
}
