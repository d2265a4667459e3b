"use client";

import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { Button } from "#/components/ui/button.tsx";
import { type PersonAction, useIsAlive, usePersonAction } from "./use-person-action.ts";

type JoinAction<I extends object> = PersonAction<I, { workspaceSlug: string }>;

/** For a person signed in with the invited address; `by` identifies the invitation. */
export function JoinWorkspace<I extends object>({ by, name, join }: { by: I; name: string; join: JoinAction<I> }) {
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
        onClick={() => run(by, ({ workspaceSlug }) => window.location.assign(`/${workspaceSlug}`))}
      >
        Join {name}
      </Button>
    </div>
  );
}
