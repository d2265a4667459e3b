"use client";

import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { Button } from "#/components/ui/button.tsx";
import { type PersonAction, useIsAlive, usePersonAction } from "./use-person-action.ts";

export type JoinAction = PersonAction<{ token: string }, { workspaceSlug: string }>;

/** For who is signed in with the address that was invited. */
export function JoinWorkspace({ token, name, join }: { token: string; name: string; join: JoinAction }) {
  const { run, isBusy, refusal } = usePersonAction(join);
  const isAlive = useIsAlive();
  return (
    <div className="flex flex-col gap-3">
      <RefusalCallout refusal={refusal} />
      <Button
        variant="primary"
        size="md"
        disabled={!isAlive}
        loading={isBusy}
        className="h-auto min-h-8 whitespace-normal"
        onClick={() => run({ token }, ({ workspaceSlug }) => window.location.assign(`/${workspaceSlug}`))}
      >
        Join {name}
      </Button>
    </div>
  );
}
