"use client";

import { useState } from "react";
import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { ConfirmDialog } from "#/components/ui/confirm-dialog.tsx";
import type { MemberRow } from "./members-table.tsx";

/** Takes somebody out of the workspace after asking. */
export function RemoveMember({ member, remove }: { member: MemberRow; remove: ServerAction<{ id: string }> }) {
  const [isOpen, setOpen] = useState(false);
  const { run, isBusy } = useServerAction(remove, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Member not removed", { description: message });
    },
  });
  const confirm = () =>
    run({ id: member.id }, () => {
      setOpen(false);
      toast.success("Member removed", { description: member.email });
    });
  return (
    <>
      <Button
        variant="ghost"
        aria-label={`Remove ${member.name}`}
        disabledReason={member.removeDenied}
        onClick={() => setOpen(true)}
      >
        Remove
      </Button>
      <ConfirmDialog
        open={isOpen}
        onOpenChange={setOpen}
        title={member.isSelf ? "Leave this workspace?" : `Remove ${member.name}?`}
        confirmLabel={member.isSelf ? "Leave workspace" : "Remove member"}
        busy={isBusy}
        onConfirm={confirm}
      >
        {member.email} loses access at once, and open pages of theirs stop within seconds. API keys that they made and
        invitations of theirs that nobody has accepted are revoked: replace the keys that programs still need first.
      </ConfirmDialog>
    </>
  );
}
