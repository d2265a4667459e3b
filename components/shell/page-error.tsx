"use client";

import { Button } from "#/components/ui/button.tsx";
import { ErrorState } from "#/components/ui/error-state.tsx";

export type PageErrorProps = { error: Error & { digest?: string }; reset: () => void };

/**
 * A page that could not be made: says so, offers another try, and gives the reference under which the server logged it.
 */
export function PageError({ error, reset }: PageErrorProps) {
  return (
    <ErrorState
      title="This page could not be loaded"
      reference={error.digest}
      action={
        <Button variant="primary" onClick={reset}>
          Try again
        </Button>
      }
    >
      The server or its database did not answer as expected. Nothing was changed. Try again in a moment.
    </ErrorState>
  );
}
