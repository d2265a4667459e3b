"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import type { CreateMcpServerRequest } from "#/lib/contract/tool.ts";
import { HeaderField } from "./header-field.tsx";
import { parseHeaderLines } from "./header-lines.ts";

type Props = { denied: string | null; add: ServerAction<CreateMcpServerRequest, { tools: number }> };

/** Adds an MCP server; its tools are read at once. */
export function AddServer({ denied, add }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <Button variant="primary" disabledReason={denied} onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        Add MCP server
      </Button>
      {isOpen ? <AddServerContent add={add} onDone={() => setOpen(false)} /> : null}
    </Dialog>
  );
}

function AddServerContent({ add, onDone }: { add: Props["add"]; onDone: () => void }) {
  const [name, setName] = useState("");
  const [url, setUrl] = useState("");
  const [lines, setLines] = useState("");
  const { run, isBusy, refusal } = useServerAction(add);
  const parsed = parseHeaderLines(lines);
  const fault = "fault" in parsed ? parsed.fault : null;
  const missing = name === "" || url === "" ? "Give the server a name and its address." : fault;
  const submit = () => {
    if (!("headers" in parsed)) return;
    const headers = Object.keys(parsed.headers).length > 0 ? { headers: parsed.headers } : {};
    run({ name, url, ...headers }, ({ tools }) => {
      onDone();
      toast.success("Server added", { description: `${name}: ${tools} tools, not trusted` });
    });
  };
  return (
    <DialogContent
      title="Add MCP server"
      description="Streamable HTTP. Its tools are read now, and are mutating until you trust it or mark them."
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button size="md" variant="primary" loading={isBusy} disabledReason={missing} onClick={submit}>
            Add server
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Name" hint="Definitions call it by this name." error={fieldMessage(refusal, "name")}>
          {(control) => (
            <Input
              {...control}
              mono
              autoComplete="off"
              maxLength={64}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Address" error={fieldMessage(refusal, "url")}>
          {(control) => (
            <Input
              {...control}
              mono
              type="url"
              autoComplete="off"
              placeholder="https://mcp.example.com/mcp"
              maxLength={2048}
              value={url}
              onChange={(event) => setUrl(event.currentTarget.value)}
            />
          )}
        </Field>
        <HeaderField
          value={lines}
          onChange={setLines}
          hint="Sent with every request; stored encrypted, never shown again."
          error={fault ?? fieldMessage(refusal, "headers")}
        />
        <RefusalCallout refusal={refusal} shown={["name", "url", "headers"]} />
      </div>
    </DialogContent>
  );
}
