"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextField } from "#/components/ui/text-field.tsx";
import { revisionFault } from "./content-hash.ts";
import { LiveHash, useLiveHash } from "./live-hash.tsx";
import { PromptTextField } from "./prompt-text-field.tsx";

export type CreatePromptAction = ServerAction<
  { name: string; text: string },
  { id: string; name: string; contentHash: string }
>;

type Props = { workspaceSlug: string; create: CreatePromptAction };

/** Makes an artifact with its first revision, and opens it. */
export function NewPrompt({ denied, ...props }: Props & { denied: string | null }) {
  return (
    <DialogButton
      variant="primary"
      disabledReason={denied}
      draft="new prompt"
      dialog={(close) => <NewPromptForm {...props} onDone={close} />}
    >
      <Plus aria-hidden />
      New prompt
    </DialogButton>
  );
}

function NewPromptForm({ workspaceSlug, create, onDone }: Props & { onDone: () => void }) {
  const router = useRouter();
  const [name, setName] = useDraft("name", "");
  const [text, setText] = useDraft("text", "");
  const hash = useLiveHash(text);
  const { run, isBusy, refusal } = useServerAction(create);
  const missing = name.trim() === "" ? "Enter a name for the prompt." : revisionFault(text);
  const submit = () =>
    run({ name: name.trim(), text }, (created) => {
      onDone();
      toast.success("Prompt created", { description: created.id });
      router.push(`/${workspaceSlug}/prompts/${created.id}`);
    });
  return (
    <FormDialog
      title="New prompt"
      description="Creates the artifact and its first revision. Revisions never change; every edit is a new revision."
      size="lg"
      submitLabel="Create prompt"
      busy={isBusy}
      disabledReason={missing}
      onSubmit={submit}
    >
      <TextField
        label="Name"
        hint="Unique in the workspace."
        error={fieldMessage(refusal, "name")}
        maxLength={200}
        value={name}
        onText={setName}
      />
      <PromptTextField
        hint={String.raw`A template: {{ }} holds an expression; \{{ is a literal {{. Line endings are saved as LF; push a file to keep others.`}
        refusal={refusal}
        text={text}
        onText={setText}
      />
      <LiveHash text={text} hash={hash} />
      <RefusalCallout refusal={refusal} shown={["name", "text"]} />
    </FormDialog>
  );
}
