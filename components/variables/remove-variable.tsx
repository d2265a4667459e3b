"use client";

import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";

/** Removes a variable after asking. */
export function RemoveVariable({
  environment,
  name,
  remove,
}: {
  environment: string;
  name: string;
  remove: ServerAction<{ environment: string; name: string }>;
}) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(remove, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Variable not removed", { description: message });
    },
  });
  const confirm = () =>
    run({ environment, name }, () => {
      setOpen(false);
      toast.success("Variable removed", { description: `${name} in ${environment}` });
    });
  return (
    <>
      <Button variant="ghost" aria-label={`Remove ${name}`} onClick={() => setOpen(true)}>
        Remove
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Remove ${name}?`}
        confirmLabel="Remove variable"
        busy={isBusy}
        onConfirm={confirm}
      >
        Runs of {environment} that start from now on do not find it. A secret cannot be brought back.
      </ConfirmDialog>
    </>
  );
}
