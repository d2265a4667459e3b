"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import { IconButton } from "#/components/ui/icon-button.tsx";

/** Deletes a version after asking; people who may not do that see no button. */
export function DeleteVersion({
  slug,
  version,
  denied,
  deleteVersion,
}: {
  slug: string;
  version: number;
  denied: string | null;
  deleteVersion: ServerAction<{ slug: string; version: number }>;
}) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(deleteVersion, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Version not deleted", { description: message });
    },
  });
  if (denied) return null;
  const confirm = () =>
    run({ slug, version }, () => {
      setOpen(false);
      toast.success(`Version ${version} deleted`, { description: slug });
    });
  return (
    <>
      <IconButton label={`Delete version ${version}`} icon={<Trash2 aria-hidden />} onClick={() => setOpen(true)} />
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Delete version ${version} of ${slug}?`}
        confirmLabel="Delete version"
        busy={isBusy}
        onConfirm={confirm}
      >
        Its runs stay readable but can no longer be replayed on it, and its queued runs fail. The number {version} is
        never reused. This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
