"use client";

import { useTransition } from "react";
import { toast } from "sonner";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import { type RunAction, tryAction } from "./run-actions.ts";

/** Asks, cancels, and says how it went. `run` null = closed. */
export function CancelRunDialog({
  workspaceSlug,
  run,
  cancel,
  onClose,
  onCancelled,
}: {
  workspaceSlug: string;
  run: { id: string } | null;
  cancel: RunAction;
  onClose: () => void;
  onCancelled: () => void;
}) {
  const [isBusy, start] = useTransition();
  const confirm = () =>
    start(async () => {
      if (!run) return;
      const refusal = await tryAction(cancel, { workspaceSlug, runId: run.id });
      onClose();
      if (refusal) {
        toast.error("Run not cancelled", { description: refusal });
        return;
      }
      toast.success("Cancellation requested", { description: run.id });
      onCancelled();
    });
  return (
    <ConfirmDialog
      open={run !== null}
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title="Cancel this run?"
      confirmLabel="Cancel run"
      keepLabel="Keep it running"
      busy={isBusy}
      onConfirm={confirm}
    >
      The call in progress is aborted and no further step starts. Completed steps are not undone. A cancelled run can be
      replayed but not resumed.
    </ConfirmDialog>
  );
}
