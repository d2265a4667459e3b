"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import type { Role } from "#/lib/contract/access.ts";
import { RoleChoice } from "./role-choice.tsx";

export type AddMemberAction = ServerAction<{ email: string; name?: string; role: Role }>;

/** Adds somebody by email; they sign in through an identity provider that vouches for the address. */
export function AddMember({ givable, add }: { givable: Role[]; add: AddMemberAction }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <Button onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        Add member
      </Button>
      {isOpen ? <AddMemberContent givable={givable} add={add} onDone={() => setOpen(false)} /> : null}
    </Dialog>
  );
}

function AddMemberContent({ givable, add, onDone }: { givable: Role[]; add: AddMemberAction; onDone: () => void }) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const { run, isBusy, refusal } = useServerAction(add);
  const submit = () =>
    run({ email: email.trim(), role, ...(name.trim() === "" ? {} : { name: name.trim() }) }, () => {
      onDone();
      toast.success("Member added", { description: email.trim() });
    });
  return (
    <DialogContent
      title="Add a member"
      description="At once and without a link: somebody new signs in through your identity provider with this address, or sets a password by a link that you make for them."
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
            onClick={submit}
          >
            Add member
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
        <Field
          label="Name"
          hint="Optional; somebody who is known already keeps the own name."
          error={fieldMessage(refusal, "name")}
        >
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <RoleChoice value={role} givable={givable} onChange={setRole} />
        <RefusalCallout refusal={refusal} shown={["email", "name"]} />
      </div>
    </DialogContent>
  );
}
