"use client";

import { useState } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import type { PasswordLinkCreated } from "#/lib/contract/person.ts";
import type { MemberRow } from "./members-table.tsx";
import { SecretLink } from "./secret-link.tsx";

export type PasswordLinkAction = ServerAction<{ id: string }, PasswordLinkCreated>;
type Props = { member: MemberRow; make: PasswordLinkAction };

/** Makes a link with which a member sets a new password, for somebody who forgot theirs or has none. */
export function PasswordLink(props: Props) {
  const { member } = props;
  return (
    <DialogButton
      variant="ghost"
      aria-label={`Password link for ${member.name}`}
      disabledReason={member.passwordLinkDenied}
      draft={`password link for ${member.id}`}
      dialog={() => <PasswordLinkDialog {...props} />}
    >
      Password link
    </DialogButton>
  );
}

function PasswordLinkDialog({ member, make }: Props) {
  const [path, setPath] = useState<string | null>(null);
  const { run, isBusy, refusal } = useServerAction(make);
  const title = `Password link for ${member.name}`;
  if (path !== null)
    return (
      <SecretLink
        title={title}
        path={path}
        label="Password link"
        warning="Share it with that person only: anyone who opens it can sign in as them. It works once and expires after a day."
      />
    );
  return (
    <FormDialog
      title={title}
      description={`${member.email} uses it to set a new password. Until then, the old password and open sessions keep working.`}
      size="sm"
      submitLabel="Create link"
      busy={isBusy}
      onSubmit={() => run({ id: member.id }, ({ url }) => setPath(url))}
    >
      <RefusalCallout refusal={refusal} />
    </FormDialog>
  );
}
