"use client";

import { type ReactNode, useState } from "react";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { Button } from "#/components/ui/button.tsx";
import { type PersonAction, useIsAlive, usePersonAction } from "./use-person-action.ts";

type Props<I extends object> = {
  /** Identifies the invitation. */
  by: I;
  /** The name of the workspace. */
  workspaceName: string;
  decline: PersonAction<I>;
  /** The way to accept. */
  children: ReactNode;
};

/**
 * The two answers of an invited person: the way to accept, and a button to decline. Once declined, neither is shown.
 */
export function InvitationAnswer<I extends object>({ by, workspaceName, decline, children }: Props<I>) {
  const { run, isBusy, refusal } = usePersonAction(decline);
  const [isDeclined, setDeclined] = useState(false);
  const isAlive = useIsAlive();
  if (isDeclined)
    return (
      <p role="status" className="text-ink-muted">
        Invitation declined.
      </p>
    );
  return (
    <>
      {children}
      <RefusalCallout refusal={refusal} />
      <Button
        variant="ghost"
        size="md"
        aria-label={`Decline the invitation to ${workspaceName}`}
        disabled={!isAlive}
        loading={isBusy}
        onClick={() => run(by, () => setDeclined(true))}
      >
        Decline
      </Button>
    </>
  );
}
