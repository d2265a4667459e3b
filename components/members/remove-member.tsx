"use client";

import { ConfirmAction } from "#/components/shell/confirm-action.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";
import type { MemberRow } from "./members-table.tsx";

/** Removes someone from the workspace after asking. */
export function RemoveMember({ member, remove }: { member: MemberRow; remove: ServerAction<{ id: string }> }) {
  return (
    <ConfirmAction
      label="Remove"
      of={member.name}
      told={member.email}
      denied={member.removeDenied}
      question={member.isSelf ? "Leave this workspace?" : `Remove ${member.name}?`}
      confirmLabel={member.isSelf ? "Leave workspace" : "Remove member"}
      keepLabel={member.isSelf ? "Stay" : "Keep member"}
      action={remove}
      input={{ id: member.id }}
      done="Member removed"
      refused="Member not removed"
    >
      {member.isSelf
        ? "You lose access immediately. Your API keys and the open invitations that you sent are revoked, so first replace the keys that programs still need."
        : `${member.email} loses access immediately, and their open pages stop within seconds. Their API keys and the open invitations that they sent are revoked, so first replace the keys that programs still need.`}
    </ConfirmAction>
  );
}
