"use client";

import { useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import type { McpServerView } from "#/lib/contract/tool.ts";
import { HeaderField } from "./header-field.tsx";
import { parseHeaderLines } from "./header-lines.ts";
import type { ChangeServerAction } from "./server-section.tsx";

type Props = { server: McpServerView; denied: string | null; change: ChangeServerAction };

/** Gives a server another address, or other headers. */
export function ChangeAddress(props: Props) {
  const [isOpen, setOpen] = useState(false);
  const { server, denied } = props;
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <Button
        variant="ghost"
        aria-label={`Change ${server.name}`}
        disabledReason={denied}
        onClick={() => setOpen(true)}
      >
        Change
      </Button>
      {isOpen ? <ChangeAddressContent {...props} onDone={() => setOpen(false)} /> : null}
    </Dialog>
  );
}

function ChangeAddressContent({ server, change, onDone }: Props & { onDone: () => void }) {
  const [url, setUrl] = useState(server.url);
  const [lines, setLines] = useState("");
  const { run, isBusy, refusal } = useServerAction(change);
  const parsed = parseHeaderLines(lines);
  const fault = "fault" in parsed ? parsed.fault : null;
  const moved = url !== server.url;
  const needsHeaders = moved && server.headerNames.length > 0;
  const reason =
    fault ??
    (needsHeaders && lines.trim() === ""
      ? "Enter the headers again: they were meant for the present address."
      : null) ??
    (!moved && lines.trim() === "" ? "Nothing is changed." : null);
  const submit = () => {
    if (!("headers" in parsed)) return;
    const headers = lines.trim() === "" ? {} : { headers: parsed.headers };
    run({ id: server.id, change: { ...(moved ? { url } : {}), ...headers } }, () => {
      onDone();
      toast.success("Server changed", { description: server.name });
    });
  };
  return (
    <DialogContent
      title={`Change ${server.name}`}
      description="Its tools are read again. At another address it is not trusted any more."
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button size="md" variant="primary" loading={isBusy} disabledReason={reason} onClick={submit}>
            Change server
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Address" error={fieldMessage(refusal, "change.url")}>
          {(control) => (
            <Input
              {...control}
              mono
              type="url"
              autoComplete="off"
              maxLength={2048}
              value={url}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
          )}
        </Field>
        <HeaderField
          value={lines}
          onChange={setLines}
          hint={
            server.headerNames.length > 0
              ? `Replaces ${server.headerNames.join(", ")}; the present values are not shown.`
              : "Sent with every request; stored encrypted, never shown again."
          }
          error={fault ?? fieldMessage(refusal, "change.headers") ?? fieldMessage(refusal, "headers")}
        />
        <RefusalCallout refusal={refusal} shown={["change.url", "change.headers", "headers"]} />
      </div>
    </DialogContent>
  );
}
