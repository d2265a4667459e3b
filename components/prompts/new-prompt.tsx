"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { Textarea } from "#/components/ui/textarea.tsx";
import { textFault } from "./content-hash.ts";
import { LiveHash, useLiveHash } from "./live-hash.tsx";

export type CreatePromptAction = ServerAction<
  { name: string; text: string },
  { id: string; name: string; contentHash: string }
>;

/** Makes an artifact with its first revision, and opens it. */
export function NewPrompt({
  workspaceSlug,
  denied,
  create,
}: {
  workspaceSlug: string;
  denied: string | null;
  create: CreatePromptAction;
}) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <Button variant="primary" disabledReason={denied} onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        New prompt
      </Button>
      <NewPromptContent workspaceSlug={workspaceSlug} create={create} onDone={() => setOpen(false)} />
    </Dialog>
  );
}

function NewPromptContent({
  workspaceSlug,
  create,
  onDone,
}: {
  workspaceSlug: string;
  create: CreatePromptAction;
  onDone: () => void;
}) {
  const router = useRouter();
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const hash = useLiveHash(text);
  const { run, isBusy, refusal } = useServerAction(create);
  const missing = name.trim() === "" ? "Give the prompt a name." : textFault(text);
  const submit = () =>
    run({ name: name.trim(), text }, (created) => {
      onDone();
      toast.success("Prompt created", { description: created.id });
      router.push(`/${workspaceSlug}/prompts/${created.id}`);
    });
  return (
    <DialogContent
      title="New prompt"
      description="The artifact and its first revision. A revision never changes; a change is a new one."
      size="lg"
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button size="md" variant="primary" loading={isBusy} disabledReason={missing} onClick={submit}>
            Create prompt
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Name" hint="Unique in the workspace." error={fieldMessage(refusal, "name")}>
          {(control) => (
            <Input {...control} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          )}
        </Field>
        <Field
          label="Text"
          hint="A template: {{ }} holds an expression. Line ends are LF here; push a file to keep others."
          error={fieldMessage(refusal, "text")}
        >
          {(control) => (
            <Textarea
              {...control}
              mono
              rows={12}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <LiveHash text={text} hash={hash} />
        <RefusalCallout refusal={refusal} shown={["name", "text"]} />
      </div>
    </DialogContent>
  );
}
