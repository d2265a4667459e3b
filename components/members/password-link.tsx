"use client";

import { useState } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import type { PasswordLinkCreated } from "#/lib/contract/person.ts";
import type { MemberRow } from "./members-table.tsx";
import { SecretLink } from "./secret-link.tsx";

export type PasswordLinkAction = ServerAction<{ id: string }, PasswordLinkCreated>;

/** Makes a link with which a member sets a new password: for who forgot theirs, or has none. */
export function PasswordLink({ member, make }: { member: MemberRow; make: PasswordLinkAction }) {
  const [isOpen, setOpen] = useState(false);
  const [path, setPath] = useState<string | null>(null);
  const { run, isBusy, refusal, clear } = useServerAction(make);
  const change = (open: boolean) => {
    setOpen(open);
    if (!open) setPath(null);
    if (open) clear();
  };
  return (
    <Dialog open={isOpen} onOpenChange={change}>
      <Button
        variant="ghost"
        aria-label={`Password link for ${member.name}`}
        disabledReason={member.passwordLinkDenied}
        onClick={() => change(true)}
      >
        Password link
      </Button>
      {isOpen && path === null ? (
        <DialogContent
          title={`Password link for ${member.name}`}
          description={`${member.email} sets a new password with it. The old one works, and sessions go on, until then.`}
          size="sm"
          footer={
            <>
              <DialogClose asChild>
                <Button size="md">Close</Button>
              </DialogClose>
              <Button
                size="md"
                variant="primary"
                loading={isBusy}
                onClick={() => run({ id: member.id }, ({ url }) => setPath(url))}
              >
                Create link
              </Button>
            </>
          }
        >
          {refusal ? <RefusalCallout refusal={refusal} /> : null}
        </DialogContent>
      ) : null}
      {isOpen && path !== null ? (
        <SecretLink
          title={`Password link for ${member.name}`}
          path={path}
          label="Password link"
          warning="Give it to that person only: whoever opens it can sign in as them. It works once, for a day."
        />
      ) : null}
    </Dialog>
  );
}
