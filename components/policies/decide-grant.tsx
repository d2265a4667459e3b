"use client";

import { toast } from "sonner";
import { ConfirmAction } from "#/components/shell/confirm-action.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import type { MutationGrantView } from "#/lib/contract/mutation-grant.ts";

export type DecideGrantAction = ServerAction<{ id: string }>;

const namesOf = (grant: MutationGrantView) => `${grant.workflow.slug}: ${grant.nodeIds.join(", ")}`;

/** The second person's approval, after asking: from then on replays mutate. */
export function ApproveGrant({
  grant,
  denied,
  approve,
}: {
  grant: MutationGrantView;
  denied: string | null;
  approve: DecideGrantAction;
}) {
  return (
    <ConfirmAction
      label="Approve"
      of={`grant for ${namesOf(grant)}`}
      told={namesOf(grant)}
      denied={denied}
      question={`Approve the grant for ${grant.workflow.slug}?`}
      confirmLabel="Approve grant"
      action={approve}
      input={{ id: grant.id }}
      done="Grant approved"
      refused="Grant not approved"
    >
      Replays WILL invoke the mutating tool calls of {grant.nodeIds.join(", ")}. Reason: {grant.reason}
    </ConfirmAction>
  );
}

/** Revokes a grant without asking first: it takes nothing away that cannot be granted again. */
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
