"use client";

import { useSyncExternalStore } from "react";
import { SecretDialog } from "#/components/ui/secret-dialog.tsx";

const noChange = () => () => {};

/** The window that shows a link with a secret in it, once. `path` is completed with the current origin. */
export function SecretLink({
  path,
  ...dialog
}: {
  title: string;
  path: string;
  /** Accessible name of the link. */
  label: string;
  warning: string;
}) {
  const origin = useSyncExternalStore(
    noChange,
    () => window.location.origin,
    () => "",
  );
  return (
    <SecretDialog
      {...dialog}
      description="This is the only time the link is shown."
      secret={`${origin}${path}`}
      copyLabel="Copy the link"
      doneLabel="I have copied it"
    />
  );
}

/** What an invitation's link does; shown next to every link. */
export const invitationWarning =
  "Share it with that person only: the first person to open it can join. It works once and expires after 7 days. No email is sent.";
