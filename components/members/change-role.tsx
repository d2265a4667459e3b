"use client";

import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { type Role, roles } from "#/lib/contract/access.ts";
import type { MemberRow } from "./members-table.tsx";
import { RoleChoice } from "./role-choice.tsx";

type Props = { member: MemberRow; givable: Role[]; changeRole: ServerAction<{ id: string; role: Role }> };

/** Gives a member another role. */
export function ChangeRole(props: Props) {
  const { member } = props;
  return (
    <DialogButton
      variant="ghost"
      aria-label={`Change role of ${member.name}`}
      disabledReason={member.changeDenied}
      draft={`role of ${member.id}`}
      dialog={(close) => <ChangeRoleForm {...props} onDone={close} />}
    >
      Change role
    </DialogButton>
  );
}

function ChangeRoleForm({ member, givable, changeRole, onDone }: Props & { onDone: () => void }) {
  const [role, setRole] = useDraft<Role>("role", member.role);
  const { run, isBusy, refusal } = useServerAction(changeRole);
  const submit = () =>
    run({ id: member.id, role }, () => {
      onDone();
      toast.success("Role changed", { description: `${member.email} is now ${role}` });
    });
  return (
    <FormDialog
      title={`Role of ${member.name}`}
      description={member.email}
      submitLabel="Change role"
      busy={isBusy}
      disabledReason={role === member.role ? "The member already has this role." : null}
      onSubmit={submit}
    >
      <RoleChoice value={role} givable={givable} onChange={setRole} />
      {roles.indexOf(role) < roles.indexOf(member.role) ? (
        <Callout>Their API keys that can do more than {role} are revoked.</Callout>
      ) : null}
      {member.isSelf && role !== member.role ? (
        <Callout kind="warning">This is your own role. You may not be able to undo this change.</Callout>
      ) : null}
      <RefusalCallout refusal={refusal} />
    </FormDialog>
  );
}
