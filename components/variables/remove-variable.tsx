"use client";

import { ConfirmAction } from "#/components/shell/confirm-action.tsx";
import type { ServerAction } from "#/components/shell/use-server-action.ts";

/** Removes a variable after asking. */
export function RemoveVariable({
  environment,
  name,
  remove,
}: {
  environment: string;
  name: string;
  remove: ServerAction<{ environment: string; name: string }>;
}) {
  return (
    <ConfirmAction
      label="Remove"
      of={name}
      told={`${name} in ${environment}`}
      denied={null}
      question={`Remove ${name}?`}
      confirmLabel="Remove variable"
      action={remove}
      input={{ environment, name }}
      done="Variable removed"
      refused="Variable not removed"
    >
      Runs in {environment} that start from now on will not find it. A secret cannot be recovered.
    </ConfirmAction>
  );
}
