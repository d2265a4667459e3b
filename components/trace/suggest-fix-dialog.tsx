"use client";

import { useState } from "react";
import { NativeSelect } from "#/components/replay/native-select.tsx";
import type { ReplayPreset } from "#/components/replay/replay-address.ts";
import { useRead } from "#/components/data/use-read.ts";
import { modelsQuery } from "#/components/data/workspace-reads.ts";
import type { RunAction } from "#/components/runs/run-actions.ts";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Dialog, DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { RunAccepted } from "#/lib/contract/run.ts";
import { SuggestedFixPanel } from "./suggested-fix-panel.tsx";

export type FixActions = {
  suggest: ServerAction<{ runId: string; spanId?: string; model?: string }, RunAccepted>;
  push: ServerAction<{ slug: string; text: string }, { version: number; created: boolean }>;
  revise: ServerAction<{ id: string; text: string }, { contentHash: string }>;
  cancel: RunAction;
};

type Props = {
  workspaceSlug: string;
  runId: string;
  /** What failed; null = where the run failed. */
  step: { spanId: string | null; nodeId: string | null };
  /** A suggestion that was made already. */
  fixId: string | null;
  actions: FixActions;
  /** Why this person may not accept; null = may. */
  denied: string | null;
  /** The change is made: the replay that tries it. */
  onAccepted: (preset: ReplayPreset) => void;
};

/** Asks a model how a failed step can be fixed, shows the change, and makes it when a person accepts it. */
export function SuggestFixDialog({ onClose, ...props }: Props & { onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}>
      <Steps {...props} />
    </Dialog>
  );
}

function Steps(props: Props) {
  const [fixId, setFixId] = useState(props.fixId);
  return fixId === null ? (
    <AskForm {...props} onAsked={setFixId} />
  ) : (
    <SuggestedFixPanel {...props} key={fixId} fixId={fixId} onAgain={() => setFixId(null)} />
  );
}

function AskForm({ workspaceSlug, runId, step, actions, onAsked }: Props & { onAsked: (id: string) => void }) {
  const [model, setModel] = useState("");
  const models = useRead(modelsQuery(workspaceSlug));
  const allowed = (models.data ?? []).filter((each) => each.allowed);
  const { run, isBusy, refusal, clear } = useServerAction(actions.suggest);
  const ask = () => {
    if (isBusy) return;
    const chosen = { ...(step.spanId === null ? {} : { spanId: step.spanId }), ...(model === "" ? {} : { model }) };
    run({ runId, ...chosen }, ({ id }) => onAsked(id));
  };
  useShortcuts([{ keys: "mod+enter", label: "Ask the model", run: ask, inFields: true, inDialogs: true }]);
  return (
    <DialogContent
      title="Suggest a fix"
      description={`A model reads why ${step.nodeId ?? "the step"} failed and proposes a change. Nothing is changed before you accept it.`}
      footer={
        <>
          <DialogClose asChild>
            <Button size="md">Close</Button>
          </DialogClose>
          <Button size="md" variant="primary" keys="mod+enter" loading={isBusy} onClick={ask}>
            Ask the model
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field
          label="Model"
          hint="Only models that this workspace allows. The call is a run of its own, with its cost."
          error={models.error ?? undefined}
        >
          {(control) => (
            <NativeSelect
              {...control}
              value={model}
              onChange={(event) => {
                clear();
                setModel(event.currentTarget.value);
              }}
            >
              <option value="">The step&apos;s own, or another of this workflow</option>
              {allowed.map(({ ref, name }) => (
                <option key={ref} value={ref}>
                  {name} ({ref})
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <p className="text-sm text-ink-muted">
          The model&apos;s provider receives the definition, the step&apos;s error and input, and its prompt, as they
          are stored: without secrets, and cut where they are long.
        </p>
        <RefusalCallout refusal={refusal} />
      </div>
    </DialogContent>
  );
}
