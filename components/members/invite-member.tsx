"use client";

import { UserPlus } from "lucide-react";
import { useState } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import type { Role } from "#/lib/contract/access.ts";
import type { InvitationCreated } from "#/lib/contract/person.ts";
import { EmailField, noEmail } from "./email-field.tsx";
import { RoleChoice } from "./role-choice.tsx";
import { invitationWarning, SecretLink } from "./secret-link.tsx";

export type InviteAction = ServerAction<{ email: string; role: Role }, InvitationCreated>;
type Props = { givable: Role[]; invite: InviteAction };

/** Invites an address and shows the link, once. */
export function InviteMember(props: Props) {
  return (
    <DialogButton variant="primary" draft="invitation" dialog={(_, drop) => <InviteDialog {...props} onMade={drop} />}>
      <UserPlus aria-hidden />
      Invite
    </DialogButton>
  );
}

function InviteDialog({ givable, invite, onMade }: Props & { onMade: () => void }) {
  const [made, setMade] = useState<InvitationCreated | null>(null);
  const [email, setEmail] = useDraft("email", "");
  const [role, setRole] = useDraft<Role>("role", "viewer");
  const { run, isBusy, refusal } = useServerAction(invite);
  if (made)
    return (
      <SecretLink
        title={`Invitation for ${made.email}`}
        path={made.url}
        label="Invitation link"
        warning={invitationWarning}
      />
    );
  return (
    <FormDialog
      title="Invite a member"
      description="Creates a link for you to share. The person who opens it chooses a name and a password, or signs in."
      submitLabel="Create invitation"
      busy={isBusy}
      disabledReason={noEmail(email)}
      onSubmit={() =>
        run({ email: email.trim(), role }, (invitation) => {
          onMade();
          setMade(invitation);
        })
      }
    >
      <EmailField value={email} onText={setEmail} error={fieldMessage(refusal, "email")} />
      <RoleChoice value={role} givable={givable} onChange={setRole} />
      <RefusalCallout refusal={refusal} shown={["email"]} />
    </FormDialog>
  );
}
