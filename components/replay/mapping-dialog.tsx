"use client";

import { useCallback, useState, useTransition, type KeyboardEvent } from "react";
import { toast } from "sonner";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { DialogClose, DialogContent } from "#/components/ui/dialog.tsx";
import { DraftDialog, DraftNotice, useDraft } from "#/components/ui/draft-dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { formatCount } from "#/components/ui/format.ts";
import { Input } from "#/components/ui/input.tsx";
import type { MappingVisibility, NodeMappingView } from "#/lib/contract/mapping.ts";
import type { Preflight } from "#/lib/contract/replay.ts";
import { chosenCount, filterRenamed, pairsOf, startingChoices, type MappingChoices } from "./mapping-draft.ts";
import { MappingRows } from "./mapping-rows.tsx";
import { NativeSelect } from "./native-select.tsx";
import { callAction, type ReplayActions } from "./replay-actions.ts";
import { besideDialog } from "./toast-place.ts";
import type { VersionNode } from "./version-nodes.ts";

type MappingProps = {
  workspaceSlug: string;
  workflow: string;
  from: number;
  to: number;
  renamed: Preflight["renamedNodes"];
  nodes: readonly VersionNode[];
  sourceNodes: readonly VersionNode[];
  /** The mapping in force now; the choices start from its pairs. */
  applied: NodeMappingView | null;
  save: ReplayActions["saveMapping"];
  onSaved: () => void;
};

/** Asks for each renamed node which node of the target version takes its place. */
export function MappingDialog({
  open,
  onOpenChange,
  ...props
}: MappingProps & { open: boolean; onOpenChange: (isOpen: boolean) => void }) {
  return (
    <DraftDialog open={open} onOpenChange={onOpenChange} draft={`mapping ${props.from} ${props.to}`}>
      {(accept) => <MappingForm {...props} close={accept} />}
    </DraftDialog>
  );
}

const fewRows = 8;

function MappingForm({ close, ...props }: MappingProps & { close: () => void }) {
  const { renamed, applied, from, to } = props;
  const [choices, setChoices] = useDraft<MappingChoices>("choices", (kept) => ({
    ...startingChoices(renamed, applied?.pairs ?? null),
    ...kept,
  }));
  const [visibility, setVisibility] = useDraft<MappingVisibility>("visibility", "private");
  const [filter, setFilter] = useState({ text: "", openOnly: false });
  const [failure, setFailure] = useState<string | null>(null);
  const [isSaving, start] = useTransition();
  // The same function on every render: a choice in one row must not redraw the hundreds of options of the others.
  const choose = useCallback(
    (id: string, target: string) => setChoices((before) => ({ ...before, [id]: target })),
    [setChoices],
  );
  const chosen = chosenCount(renamed, choices);
  const isComplete = chosen === renamed.length;
  const shown = filterRenamed(renamed, choices, filter.text, filter.openOnly);

  const save = () => {
    if (!isComplete || isSaving) return;
    setFailure(null);
    start(async () => {
      const { workspaceSlug, workflow } = props;
      const pairs = pairsOf(choices, applied?.pairs ?? null);
      const outcome = await callAction(
        () => props.save({ workspaceSlug, workflow, from, to, visibility, pairs }),
        "The server could not be reached.",
      );
      if (!outcome.ok) return setFailure(outcome.message);
      toast.success("Node mapping saved", besideDialog());
      props.onSaved();
      close();
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // This dialog stands inside the replay dialog, whose Mod+Enter submits the replay.
    if (event.key === "Enter") event.stopPropagation();
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    save();
  };

  return (
    <DialogContent
      title="Map renamed nodes."
      description={`From version ${from} to version ${to}: choose the node that replaces each one and receives its record.`}
      onKeyDown={onKeyDown}
      footer={
        <>
          <span role="status" className="tabular mr-auto text-sm text-ink-subtle">
            {formatCount(chosen)} of {formatCount(renamed.length)} mapped
          </span>
          <DraftNotice />
          <DialogClose asChild>
            <Button size="md">Cancel</Button>
          </DialogClose>
          <Button variant="primary" size="md" loading={isSaving} disabled={!isComplete} onClick={save}>
            Save mapping
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 pt-1">
        {failure === null ? null : (
          <Callout kind="danger" title="The mapping was not saved">
            <p className="whitespace-pre-line">{failure}</p>
          </Callout>
        )}
        {renamed.length > fewRows ? (
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <Input
              type="search"
              aria-label="Filter nodes"
              placeholder="Filter nodes"
              value={filter.text}
              onChange={(event) => setFilter({ ...filter, text: event.currentTarget.value })}
              className="max-w-56"
            />
            <Checkbox
              label="Only without a target"
              checked={filter.openOnly}
              onCheckedChange={(openOnly) => setFilter({ ...filter, openOnly })}
            />
          </div>
        ) : null}
        <MappingRows
          shown={shown}
          nodes={props.nodes}
          sourceNodes={props.sourceNodes}
          choices={choices}
          onChoose={choose}
        />
        <Field
          label="Mapping visibility"
          hint={
            visibility === "shared" && applied?.visibility === "private"
              ? "Everyone in the workspace will use it; it replaces your private mapping."
              : visibility === "shared"
                ? "Everyone in the workspace will use it, unless they have a private mapping."
                : "Only you will use it; it overrides a shared mapping."
          }
          className="max-w-80"
        >
          {(control) => (
            <NativeSelect
              {...control}
              value={visibility}
              onChange={(event) => setVisibility(event.currentTarget.value as MappingVisibility)}
            >
              <option value="private">Operator (private)</option>
              <option value="shared">Workspace (shared)</option>
            </NativeSelect>
          )}
        </Field>
      </div>
    </DialogContent>
  );
}
