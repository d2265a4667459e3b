"use client";

import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import type { MutationGrantView } from "#/lib/contract/mutation-grant.ts";

export type DecideGrantAction = ServerAction<{ id: string }>;

const namesOf = (grant: MutationGrantView) => `${grant.workflow.slug}: ${grant.nodeIds.join(", ")}`;

/** The second person's word, after asking: from then on replays mutate. */
export function ApproveGrant({
  grant,
  denied,
  approve,
}: {
  grant: MutationGrantView;
  denied: string | null;
  approve: DecideGrantAction;
}) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(approve, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Grant not approved", { description: message });
    },
  });
  const confirm = () =>
    run({ id: grant.id }, () => {
      setOpen(false);
      toast.success("Grant approved", { description: namesOf(grant) });
    });
  return (
    <>
      <Button
        variant="ghost"
        aria-label={`Approve grant for ${namesOf(grant)}`}
        disabledReason={denied}
        onClick={() => setOpen(true)}
      >
        Approve
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={`Approve the grant for ${grant.workflow.slug}?`}
        confirmLabel="Approve grant"
        busy={isBusy}
        onConfirm={confirm}
      >
        Replays WILL invoke the mutating tool calls of {grant.nodeIds.join(", ")}. Reason: {grant.reason}
      </ConfirmDialog>
    </>
  );
}

/** Ends a grant; asks nothing first, for it takes nothing away that cannot be given again. */
export function RevokeGrant({
  grant,
  denied,
  revoke,
}: {
  grant: MutationGrantView;
  denied: string | null;
  revoke: DecideGrantAction;
}) {
  const { run, isBusy } = useServerAction(revoke, {
    refused: ({ message }) => toast.error("Grant not revoked", { description: message }),
  });
  return (
    <Button
      variant="ghost"
      aria-label={`Revoke grant for ${namesOf(grant)}`}
      disabledReason={denied}
      loading={isBusy}
      onClick={() => run({ id: grant.id }, () => toast.success("Grant revoked", { description: namesOf(grant) }))}
    >
      Revoke
    </Button>
  );
}
