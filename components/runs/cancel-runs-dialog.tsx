"use client";

import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import { formatCount } from "#/components/ui/format.ts";
import type { CancelledRuns, RunSelection } from "#/lib/contract/batch.ts";

export type CancelRuns = ServerAction<RunSelection, CancelledRuns>;

/** Asks, cancels several runs, and says how many were. `chosen` null = closed; `count` of them may be in progress. */
export function CancelRunsDialog({
  chosen,
  count,
  cancel,
  onClose,
  onCancelled,
}: {
  chosen: RunSelection | null;
  count: number;
  cancel: CancelRuns;
  onClose: () => void;
  onCancelled: () => void;
}) {
  const { run, isBusy } = useServerAction(cancel, {
    refused: ({ message }) => {
      onClose();
      toast.error("Runs not cancelled", { description: message });
    },
  });
  const confirm = () => {
    if (chosen === null) return;
    run(chosen, ({ cancelled, notCancellable }) => {
      onClose();
      toast.success("Cancellation requested", { description: resultWords(cancelled.length, notCancellable.length) });
      onCancelled();
    });
  };
  const runs = runsWords(count);
  return (
    <ConfirmDialog
      open={chosen !== null}
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      title={chosen?.filter ? `Cancel those of ${runs} that have not ended?` : `Cancel ${runs}?`}
      confirmLabel={count === 1 ? "Cancel run" : "Cancel runs"}
      keepLabel="Keep running"
      busy={isBusy}
      onConfirm={confirm}
    >
      Calls in progress are aborted and no further step starts. Completed steps are not undone. Cancelled runs can be
      replayed but not resumed.
    </ConfirmDialog>
  );
}

function runsWords(count: number): string {
  return count === 1 ? "1 run" : `${formatCount(count)} runs`;
}

function resultWords(cancelled: number, others: number): string {
  return others === 0 ? runsWords(cancelled) : `${runsWords(cancelled)}; ${formatCount(others)} had ended already`;
}
