"use client";

import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useDeferredValue, useState } from "react";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextDiff } from "#/components/ui/text-diff-view.tsx";
import { revisionFault } from "./content-hash.ts";
import { LiveHash, useLiveHash } from "./live-hash.tsx";
import { PromptTextField } from "./prompt-text-field.tsx";
import { promptSearch } from "./prompt-query.ts";

export type CreateRevisionAction = ServerAction<
  { id: string; text: string },
  { contentHash: string; created: boolean }
>;

type Props = {
  id: string;
  /** Address of the artifact's page. */
  path: string;
  /** The revision that the editor starts from. */
  base: { revision: number; text: string };
  /** Hash → number of the revisions that are known here. */
  known: Record<string, number>;
  denied: string | null;
  createRevision: CreateRevisionAction;
};

/** Writes a revision starting from the one on screen; its hash is shown while typing. */
export function NewRevision(props: Props) {
  return (
    <DialogButton
      variant="primary"
      disabledReason={props.denied}
      draft={`revision from ${props.base.revision}`}
      dialog={(close) => <NewRevisionForm key={props.base.revision} {...props} onDone={close} />}
    >
      <Plus aria-hidden />
      New revision
    </DialogButton>
  );
}

function NewRevisionForm({ id, path, base, known, createRevision, onDone }: Props & { onDone: () => void }) {
  const router = useRouter();
  // A text field holds LF only, whatever it is given.
  const [text, setText] = useDraft<string>("text", (kept) => kept ?? base.text.replace(/\r\n?/g, "\n"));
  const hash = useLiveHash(text);
  const { run, isBusy, refusal } = useServerAction(createRevision);
  const same = hash && Object.hasOwn(known, hash) ? known[hash] : undefined;
  const submit = () =>
    run({ id, text }, ({ contentHash, created }) => {
      onDone();
      if (created) toast.success("Revision created", { description: contentHash });
      else toast.info("This text is already a revision", { description: contentHash });
      router.push(`${path}${promptSearch({ revision: contentHash, against: null, before: null })}`);
    });
  return (
    <FormDialog
      title="New revision"
      description={`Starts from revision ${base.revision}. Workflow versions keep the revision they pin.`}
      size="lg"
      submitLabel="Create revision"
      busy={isBusy}
      disabledReason={revisionFault(text) ?? (same ? `This text is already revision ${same}.` : null)}
      onSubmit={submit}
    >
      {base.text.includes("\r") ? (
        <Callout kind="warning">
          Revision {base.revision} has line endings other than LF, which a text field cannot hold. Push a file to keep
          them.
        </Callout>
      ) : null}
      <PromptTextField refusal={refusal} text={text} onText={setText} />
      <LiveHash text={text} hash={hash} />
      <Changes before={base.text} after={text} revision={base.revision} />
      <RefusalCallout refusal={refusal} shown={["text"]} />
    </FormDialog>
  );
}

/** Computed only while it is open: the difference of two long texts takes a moment. */
function Changes({ before, after, revision }: { before: string; after: string; revision: number }) {
  const [isOpen, setOpen] = useState(false);
  const settled = useDeferredValue(after);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer rounded-sm text-sm font-medium text-ink-muted hover:text-ink">
        Changes since revision {revision}
      </summary>
      {isOpen ? (
        <div className="mt-2">
          <TextDiff
            wrap
            label={`Changes since revision ${revision}`}
            before={before}
            after={settled}
            className="max-h-72"
          />
        </div>
      ) : null}
    </details>
  );
}
