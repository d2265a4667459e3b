"use client";

import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Callout } from "./callout.tsx";
import { CopyButton } from "./copy-button.tsx";
import { DialogClose, DialogContent } from "./dialog.tsx";

/** The content of a dialog that shows a secret once. */
export function SecretDialog({
  title,
  description,
  label,
  secret,
  copyLabel,
  doneLabel,
  warning,
}: {
  title: string;
  description: string;
  /** Accessible name of the secret. */
  label: string;
  secret: string;
  copyLabel: string;
  doneLabel: string;
  warning: ReactNode;
}) {
  return (
    <DialogContent
      title={title}
      description={description}
      // A stray click must not take away what is shown once.
      onInteractOutside={(event) => event.preventDefault()}
      footer={
        <DialogClose asChild>
          <Button size="md" variant="primary">
            {doneLabel}
          </Button>
        </DialogClose>
      }
    >
      <div className="flex flex-col gap-3">
        <p className="flex items-start gap-2 rounded-md border border-line-strong bg-surface px-3 py-2">
          <output aria-label={label} className="min-w-0 grow font-mono text-sm break-all">
            {secret}
          </output>
          <CopyButton value={secret} label={copyLabel} className="text-ink">
            Copy
          </CopyButton>
        </p>
        <Callout kind="warning">{warning}</Callout>
      </div>
    </DialogContent>
  );
}
