"use client";

import { UserPlus } from "lucide-react";
import { useState } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import type { Role } from "#/lib/contract/access.ts";
import type { InvitationCreated } from "#/lib/contract/person.ts";
import { RoleChoice } from "./role-choice.tsx";
import { invitationWarning, SecretLink } from "./secret-link.tsx";

export type InviteAction = ServerAction<{ email: string; role: Role }, InvitationCreated>;

/** Invites an address and shows the link, once. */
export function InviteMember({ givable, invite }: { givable: Role[]; invite: InviteAction }) {
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<InvitationCreated | null>(null);
  const change = (open: boolean) => {
    setOpen(open);
    if (!open) setMade(null);
  };
  return (
    <Dialog open={isOpen} onOpenChange={change}>
      <Button variant="primary" onClick={() => change(true)}>
        <UserPlus aria-hidden />
        Invite
      </Button>
      {isOpen && !made ? <InviteForm givable={givable} invite={invite} onMade={setMade} /> : null}
      {isOpen && made ? (
        <SecretLink
          title={`Invitation for ${made.email}`}
          path={made.url}
          label="Link of the invitation"
          warning={invitationWarning}
        />
      ) : null}
    </Dialog>
  );
}

function InviteForm({
  givable,
  invite,
  onMade,
}: {
  givable: Role[];
  invite: InviteAction;
  onMade: (made: InvitationCreated) => void;
}) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const { run, isBusy, refusal } = useServerAction(invite);
  return (
    <DialogContent
      title="Invite somebody"
      description="You get a link to hand over. Who opens it chooses a name and a password, or signs in."
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button
            size="md"
            variant="primary"
            loading={isBusy}
            disabledReason={email.trim() === "" ? "Enter an email address." : null}
            onClick={() => run({ email: email.trim(), role }, onMade)}
          >
            Create invitation
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Email" error={fieldMessage(refusal, "email")}>
          {(control) => (
            <Input
              {...control}
              type="email"
              autoComplete="off"
              maxLength={320}
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
          )}
        </Field>
        <RoleChoice value={role} givable={givable} onChange={setRole} />
        <RefusalCallout refusal={refusal} shown={["email"]} />
      </div>
    </DialogContent>
  );
}
