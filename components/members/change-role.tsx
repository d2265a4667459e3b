"use client";

import { useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { type Role, roles } from "#/lib/contract/access.ts";
import type { MemberRow } from "./members-table.tsx";
import { RoleChoice } from "./role-choice.tsx";

type Props = { member: MemberRow; givable: Role[]; changeRole: ServerAction<{ id: string; role: Role }> };

/** Gives a member another role. */
export function ChangeRole(props: Props) {
  const [isOpen, setOpen] = useState(false);
  const { member } = props;
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <Button
        variant="ghost"
        aria-label={`Change role of ${member.name}`}
        disabledReason={member.changeDenied}
        onClick={() => setOpen(true)}
      >
        Change role
      </Button>
      {isOpen ? <ChangeRoleContent {...props} onDone={() => setOpen(false)} /> : null}
    </Dialog>
  );
}

function ChangeRoleContent({ member, givable, changeRole, onDone }: Props & { onDone: () => void }) {
  const [role, setRole] = useState<Role>(member.role);
  const { run, isBusy, refusal } = useServerAction(changeRole);
  const submit = () =>
    run({ id: member.id, role }, () => {
      onDone();
      toast.success("Role changed", { description: `${member.email} is ${role} now` });
    });
  return (
    <DialogContent
      title={`Role of ${member.name}`}
      description={member.email}
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button
            size="md"
            variant="primary"
            loading={isBusy}
            disabledReason={role === member.role ? "This is the member's role already." : null}
            onClick={submit}
          >
            Change role
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <RoleChoice value={role} givable={givable} onChange={setRole} />
        {roles.indexOf(role) < roles.indexOf(member.role) ? (
          <Callout>API keys that they made and that may do more than {role} are revoked.</Callout>
        ) : null}
        {member.isSelf && role !== member.role ? (
          <Callout kind="warning">This is your own role. You may not be able to take the change back.</Callout>
        ) : null}
        <RefusalCallout refusal={refusal} />
      </div>
    </DialogContent>
  );
}
