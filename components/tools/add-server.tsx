"use client";

import { Plus } from "lucide-react";
import { toast } from "sonner";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import type { CreateMcpServerRequest } from "#/lib/contract/tool.ts";
import { headersOf, ServerFields, useServerDraft } from "./server-fields.tsx";

type Props = { denied: string | null; add: ServerAction<CreateMcpServerRequest, { tools: number }> };

/** Adds an MCP server; its tools are read at once. */
export function AddServer({ denied, add }: Props) {
  return (
    <DialogButton
      variant="primary"
      disabledReason={denied}
      draft="new MCP server"
      dialog={(close) => <AddServerForm add={add} onDone={close} />}
    >
      <Plus aria-hidden />
      Add MCP server
    </DialogButton>
  );
}

function AddServerForm({ add, onDone }: { add: Props["add"]; onDone: () => void }) {
  const [name, setName] = useDraft("name", "");
  const [draft, setDraft] = useServerDraft("");
  const { run, isBusy, refusal } = useServerAction(add);
  const { headers, fault } = headersOf(draft);
  const missing = name === "" || draft.url === "" ? "Enter a name and an address." : null;
  const submit = () =>
    run({ name, url: draft.url, ...(headers ? { headers } : {}) }, ({ tools }) => {
      onDone();
      toast.success("Server added", { description: `${name}: ${tools} tools, not trusted` });
    });
  return (
    <FormDialog
      title="Add MCP server"
      description="Streamable HTTP. Its tools are read now and count as mutating until you trust the server or mark them."
      submitLabel="Add server"
      busy={isBusy}
      disabledReason={missing ?? fault}
      onSubmit={submit}
    >
      <TextField
        label="Name"
        hint="Definitions refer to it by this name."
        mono
        maxLength={64}
        value={name}
        onText={setName}
        error={fieldMessage(refusal, "name")}
      />
      <ServerFields draft={draft} onDraft={setDraft} oldHeaders={[]} refusal={refusal} />
    </FormDialog>
  );
}
