"use client";

import { toast } from "sonner";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import type { McpServerView } from "#/lib/contract/tool.ts";

type Props = {
  server: McpServerView;
  denied: string | null;
  refresh: ServerAction<{ id: string }, { tools: number; changed: number }>;
};

/** Reads a server's tools again. */
export function ReadAgain({ server, denied, refresh }: Props) {
  const { run, isBusy } = useServerAction(refresh, {
    refused: ({ message }) => toast.error("Tools not refreshed", { description: message }),
  });
  const read = () =>
    run({ id: server.id }, ({ tools, changed }) =>
      toast.success("Tools refreshed", {
        description: `${tools} tools${changed > 0 ? `; ${changed} changed since the server was trusted` : ""}`,
      }),
    );
  return (
    <Button aria-label={`Refresh the tools of ${server.name}`} disabledReason={denied} loading={isBusy} onClick={read}>
      Refresh tools
    </Button>
  );
}
