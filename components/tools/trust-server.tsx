"use client";

import { useState } from "react";
import { toast } from "sonner";
import { useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import type { McpServerView } from "#/lib/contract/tool.ts";
import type { ChangeServerAction } from "./server-section.tsx";

type Props = { server: McpServerView; denied: string | null; change: ChangeServerAction };

/** Trusts a server with its present definitions, or stops trusting it; asks before it trusts. */
export function TrustServer({ server, denied, change }: Props) {
  const [isOpen, setOpen] = useState(false);
  const isRenewal = server.trusted && server.tools.some((tool) => tool.changedSinceTrusted);
  const { run, isBusy } = useServerAction(change, {
    refused: ({ message }) => {
      setOpen(false);
      toast.error("Trust not changed", { description: message });
    },
  });
  const set = (trusted: boolean) =>
    run({ id: server.id, change: trusted ? { trusted, definitions: definitionsOf(server) } : { trusted } }, () => {
      setOpen(false);
      toast.success(trusted ? "Server trusted" : "Server no longer trusted", { description: server.name });
    });
  const freed = server.tools.filter((tool) => tool.readOnlyHint === true && tool.readOnly !== false);
  return (
    <>
      {server.trusted && !isRenewal ? null : (
        <Button aria-label={`Trust ${server.name}`} disabledReason={denied} onClick={() => setOpen(true)}>
          {isRenewal ? "Trust again" : "Trust"}
        </Button>
      )}
      {server.trusted ? (
        <Button
          aria-label={`Stop trusting ${server.name}`}
          disabledReason={denied}
          loading={isBusy && !isOpen}
          onClick={() => set(false)}
        >
          Stop trusting
        </Button>
      ) : null}
      <Dialog open={isOpen} onOpenChange={setOpen}>
        <DialogContent
          title={`Trust ${server.name}?`}
          description="From then on, what its tools declare about themselves applies, as long as their definitions do not change."
          size="sm"
          footer={
            <>
              <DialogClose asChild>
                <Button size="md">Close</Button>
              </DialogClose>
              <Button size="md" variant="primary" loading={isBusy} onClick={() => set(true)}>
                Trust server
              </Button>
            </>
          }
        >
          {freed.length === 0 ? (
            <p>None of its tools declares itself read-only, so nothing changes for now.</p>
          ) : (
            <>
              <p>Replays will call these for real:</p>
              <ul className="mt-1 list-disc pl-5 font-mono text-sm">
                {freed.map((tool) => (
                  <li key={tool.name}>{tool.name}</li>
                ))}
              </ul>
            </>
          )}
        </DialogContent>
      </Dialog>
    </>
  );
}

/** What the person looked at: trust is given to these definitions and to no others. */
function definitionsOf({ tools }: McpServerView): Record<string, string> {
  return Object.fromEntries(tools.map(({ name, definitionHash }) => [name, definitionHash ?? ""]));
}
