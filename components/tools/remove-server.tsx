"use client";

import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import type { McpServerView } from "#/lib/contract/tool.ts";

type Props = { server: McpServerView; denied: string | null; remove: ServerAction<{ id: string }> };

/** Removes a server with its tools, after asking. */
export function RemoveServer({ server, denied, remove }: Props) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(remove, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Server not removed", { description: message });
    },
  });
  const confirm = () =>
    run({ id: server.id }, () => {
      setOpen(false);
      toast.success("Server removed", { description: server.name });
    });
  return (
    <>
      <Button
        variant="ghost"
        aria-label={`Remove ${server.name}`}
        disabledReason={denied}
        onClick={() => setOpen(true)}
      >
        Remove
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Remove ${server.name}?`}
        confirmLabel="Remove server"
        busy={isBusy}
        onConfirm={confirm}
      >
        Steps that call its tools fail from now on. Its headers and the marks on its tools are lost.
      </ConfirmDialog>
    </>
  );
}
