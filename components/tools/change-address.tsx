"use client";

import { toast } from "sonner";
import { useServerAction } from "#/components/shell/use-server-action.ts";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import type { McpServerView } from "#/lib/contract/tool.ts";
import { headersOf, ServerFields, useServerDraft } from "./server-fields.tsx";
import type { ChangeServerAction } from "./server-section.tsx";

type Props = { server: McpServerView; denied: string | null; change: ChangeServerAction };

/** Gives a server another address, or other headers. */
export function ChangeAddress({ denied, ...props }: Props) {
  return (
    <DialogButton
      variant="ghost"
      aria-label={`Change ${props.server.name}`}
      draft={`server ${props.server.id}`}
      disabledReason={denied}
      dialog={(close) => <ChangeAddressForm {...props} onDone={close} />}
    >
      Change
    </DialogButton>
  );
}

function ChangeAddressForm({ server, change, onDone }: Omit<Props, "denied"> & { onDone: () => void }) {
  const [draft, setDraft] = useServerDraft(server.url);
  const { run, isBusy, refusal } = useServerAction(change);
  const { headers, fault } = headersOf(draft);
  const moved = draft.url !== server.url;
  const reason =
    fault ??
    (moved && server.headerNames.length > 0 && !headers
      ? "Enter the headers again: they were set for the current address."
      : null) ??
    (!moved && !headers ? "Nothing has changed." : null);
  const submit = () => {
    const what = { ...(moved ? { url: draft.url } : {}), ...(headers ? { headers } : {}) };
    run({ id: server.id, change: what }, () => {
      onDone();
      toast.success("Server changed", { description: server.name });
    });
  };
  return (
    <FormDialog
      title={`Change ${server.name}`}
      description="Its tools are read again. If the address changes, the server is no longer trusted."
      submitLabel="Change server"
      busy={isBusy}
      disabledReason={reason}
      onSubmit={submit}
    >
      <ServerFields draft={draft} onDraft={setDraft} oldHeaders={server.headerNames} refusal={refusal} at="change." />
    </FormDialog>
  );
}
