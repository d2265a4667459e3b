"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";

/** Deletes an artifact after asking; refused while a workflow version pins a revision of it. */
export function DeletePrompt({
  prompt,
  listPath,
  denied,
  deletePrompt,
}: {
  prompt: { id: string; name: string; revisions: number };
  listPath: string;
  denied: string | null;
  deletePrompt: ServerAction<{ id: string }>;
}) {
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(deletePrompt, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Prompt not deleted", { description: message });
    },
  });
  const confirm = () =>
    run({ id: prompt.id }, () => {
      toast.success("Prompt deleted", { description: prompt.name });
      router.push(listPath);
    });
  return (
    <>
      <Button disabledReason={denied} onClick={() => setOpen(true)}>
        Delete
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Delete ${prompt.name}?`}
        confirmLabel="Delete prompt"
        busy={isBusy}
        onConfirm={confirm}
      >
        The artifact and {prompt.revisions === 1 ? "its revision" : `its ${prompt.revisions} revisions`} are deleted.
        Traces of runs keep the text that they used. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
