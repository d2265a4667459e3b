"use client";

import { useSyncExternalStore } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { DialogClose, DialogContent } from "#/components/ui/dialog.tsx";

const noChange = () => () => {};

/** The window that shows a link with a secret in it, the one time. `path` is made whole with this very address. */
export function SecretLink({
  title,
  path,
  label,
  warning,
}: {
  title: string;
  path: string;
  label: string;
  warning: string;
}) {
  const origin = useSyncExternalStore(
    noChange,
    () => window.location.origin,
    () => "",
  );
  const link = `${origin}${path}`;
  return (
    <DialogContent
      title={title}
      description="This is the only time that the link is shown."
      footer={
        <DialogClose asChild>
          <Button size="md" variant="primary">
            I have copied it
          </Button>
        </DialogClose>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="flex items-start gap-2 rounded-md border border-line-strong bg-surface px-3 py-2">
          <output aria-label={label} className="min-w-0 grow font-mono text-sm break-all">
            {link}
          </output>
          <CopyButton value={link} label="Copy the link" className="text-ink">
            Copy
          </CopyButton>
        </p>
        <Callout kind="warning">{warning}</Callout>
      </div>
    </DialogContent>
  );
}

/** What an invitation's link does, said wherever one is shown. */
export const invitationWarning =
  "Give it to that person only: whoever opens it first can join with it. It works once, for 7 days; no mail is sent.";
