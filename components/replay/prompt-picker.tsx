"use client";

import { useState } from "react";
import { toast } from "sonner";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent, DialogTrigger } from "#/components/ui/dialog.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { ErrorState } from "#/components/ui/error-state.tsx";
import { Field } from "#/components/ui/field.tsx";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import { TextDiff } from "#/components/ui/text-diff-view.tsx";
import type { PromptRevisionView, PromptSummary } from "#/lib/contract/prompt.ts";
import type { Run } from "#/lib/contract/run.ts";
import { NativeSelect } from "./native-select.tsx";
import { promptsQuery, revisionQuery } from "#/components/data/workspace-reads.ts";
import { RevisionChoices } from "./revision-choices.tsx";
import { useRead } from "#/components/data/use-read.ts";

type Pick = { artifactId: string; contentHash: string };
type PickerProps = {
  workspaceSlug: string;
  /** Prompts in force in the run: what its nodes were told. */
  used: Run["prompts"];
  /** What the fields hold now; the picker starts there when it is an artifact of the workspace. */
  artifactId: string;
  onPick: (pick: Pick) => void;
};

/** Picks a revision of a prompt artifact, showing what it changes in the text that ran. Fills both fields. */
export function PromptPicker(props: PickerProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Dialog
      open={isOpen}
      onOpenChange={(opens) => {
        // This dialog is wide: an older toast would cover its buttons.
        if (opens) toast.dismiss();
        setOpen(opens);
      }}
    >
      <DialogTrigger asChild>
        <Button size="sm">Pick a revision</Button>
      </DialogTrigger>
      {isOpen ? (
        <PickerContent
          {...props}
          onPick={(pick) => {
            props.onPick(pick);
            setOpen(false);
          }}
        />
      ) : null}
    </Dialog>
  );
}

function PickerContent({ workspaceSlug, used, artifactId, onPick }: PickerProps) {
  const prompts = useRead(promptsQuery(workspaceSlug));
  const [wanted, setWanted] = useState(artifactId);
  const [chosen, setChosen] = useState<PromptRevisionView | null>(null);
  const artifacts = orderedPrompts(prompts.data ?? [], used);
  const artifact = artifacts.find(({ id }) => id === wanted) ?? artifacts[0] ?? null;
  const ranHash = used.find((prompt) => prompt.artifactId === artifact?.id)?.contentHash ?? null;
  const revision = chosen?.artifactId === artifact?.id ? chosen : null;
  return (
    <DialogContent
      size="lg"
      title="Pick a prompt revision"
      description="Compared with the text that this run used."
      onKeyDown={(event) => event.stopPropagation()}
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Cancel</Button>
          </DialogClose>
          <Button
            variant="primary"
            size="md"
            disabled={revision === null}
            onClick={() => revision && onPick({ artifactId: revision.artifactId, contentHash: revision.contentHash })}
          >
            Use this revision
          </Button>
        </>
      }
    >
      {prompts.error !== null ? (
        <ErrorState title="The prompts could not be read" action={<Button onClick={prompts.retry}>Try again</Button>}>
          {prompts.error}
        </ErrorState>
      ) : prompts.isLoading ? (
        <Loading label="Loading the prompts" />
      ) : artifact === null ? (
        <EmptyState title="No prompt artifacts yet">Create prompts on the Prompts page.</EmptyState>
      ) : (
        <div className="flex flex-col gap-3 pt-1">
          <Field label="Artifact" className="max-w-96">
            {(control) => (
              <NativeSelect {...control} value={artifact.id} onChange={(event) => setWanted(event.currentTarget.value)}>
                {artifacts.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                    {used.some((prompt) => prompt.artifactId === id) ? " (used by this run)" : ""}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <RevisionChoices
            key={artifact.id}
            workspaceSlug={workspaceSlug}
            artifactId={artifact.id}
            ranHash={ranHash}
            chosenHash={revision?.contentHash ?? null}
            onChoose={setChosen}
          />
          {revision ? <Difference workspaceSlug={workspaceSlug} revision={revision} ranHash={ranHash} /> : null}
        </div>
      )}
    </DialogContent>
  );
}

/** Artifacts that the run used come first; among them, those that have another revision to pick. */
function orderedPrompts(prompts: readonly PromptSummary[], used: Run["prompts"]): PromptSummary[] {
  const rank = ({ id, revisions }: PromptSummary) =>
    used.some(({ artifactId }) => artifactId === id) ? (revisions > 1 ? 2 : 1) : 0;
  return prompts.toSorted((a, b) => rank(b) - rank(a));
}

function Difference({
  workspaceSlug,
  revision,
  ranHash,
}: {
  workspaceSlug: string;
  revision: PromptRevisionView;
  ranHash: string | null;
}) {
  const ran = useRead(revisionQuery(workspaceSlug, revision.artifactId, ranHash ?? ""), ranHash !== null);
  if (ranHash === null || ran.error !== null)
    return (
      <section className="flex flex-col gap-1.5">
        <p className="text-sm text-ink-muted">
          {ran.error === null
            ? "This run did not use this artifact, so there is nothing to compare with."
            : `The text that ran could not be read: ${ran.error}`}
        </p>
        <pre
          tabIndex={0}
          aria-label="Text of the revision"
          className="max-h-72 overflow-auto rounded-md border border-line-strong p-3 font-mono text-sm whitespace-pre-wrap"
        >
          {revision.text}
        </pre>
      </section>
    );
  if (!ran.data) return <Loading label="Loading the text that ran" />;
  return (
    <TextDiff
      label={`From revision ${ran.data.revision}, which ran, to revision ${revision.revision}`}
      before={ran.data.text}
      after={revision.text}
      wrap
      className="max-h-80"
    />
  );
}

function Loading({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-3 py-2">
      <Skeleton className="w-2/5" />
      <Skeleton className="w-3/5" />
    </div>
  );
}
