"use client";

import { Plus } from "lucide-react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import type { Role } from "#/lib/contract/access.ts";
import { EmailField, noEmail } from "./email-field.tsx";
import { RoleChoice } from "./role-choice.tsx";

export type AddMemberAction = ServerAction<{ email: string; name?: string; role: Role }>;
type Props = { givable: Role[]; add: AddMemberAction };

/** Asks someone by email; they accept on their account page, signed in with an address that someone vouches for. */
export function AddMember(props: Props) {
  return (
    <DialogButton draft="new member" dialog={(close) => <AddMemberForm {...props} onDone={close} />}>
      <Plus aria-hidden />
      Add member
    </DialogButton>
  );
}

function AddMemberForm({ givable, add, onDone }: Props & { onDone: () => void }) {
  const [email, setEmail] = useDraft("email", "");
  const [name, setName] = useDraft("name", "");
  const [role, setRole] = useDraft<Role>("role", "viewer");
  const { run, isBusy, refusal } = useServerAction(add);
  const submit = () =>
    run({ email: email.trim(), role, ...(name.trim() === "" ? {} : { name: name.trim() }) }, () => {
      onDone();
      toast.success("Invited", { description: `${email.trim()} is a member once they accept.` });
    });
  return (
    <FormDialog
      title="Add a member"
      description="Asks without a link: they sign in with this address and accept on their account page. Someone without an account signs in through your identity provider, or opens a link that you create below."
      submitLabel="Add member"
      busy={isBusy}
      disabledReason={noEmail(email)}
      onSubmit={submit}
    >
      <EmailField value={email} onText={setEmail} error={fieldMessage(refusal, "email")} />
      <TextField
        label="Name"
        hint="Optional. A person who already has an account keeps their name."
        error={fieldMessage(refusal, "name")}
        maxLength={200}
        value={name}
        onText={setName}
      />
      <RoleChoice value={role} givable={givable} onChange={setRole} />
      <RefusalCallout refusal={refusal} shown={["email", "name"]} />
    </FormDialog>
  );
}
