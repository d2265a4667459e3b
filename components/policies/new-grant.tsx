"use client";

import { useState } from "react";
import { toast } from "sonner";
import { NativeSelect } from "#/components/replay/native-select.tsx";
import { versionQuery, versionsQuery } from "#/components/data/workspace-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { fieldMessage } from "#/components/shell/refusal.ts";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { Field } from "#/components/ui/field.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { TextAreaField } from "#/components/ui/text-field.tsx";
import type { MutationGrantInput, MutationGrantView } from "#/lib/contract/mutation-grant.ts";
import { type GrantableNode, grantableNodes, grantDurations } from "./grant-words.ts";

export type GrantMutationsAction = ServerAction<MutationGrantInput, MutationGrantView>;
type Workflow = { slug: string; name: string; version: number };
type Props = { workspaceSlug: string; workflows: Workflow[]; denied: string | null; create: GrantMutationsAction };
type Draft = { workflow: string; nodeIds: string[]; durationMs: number; reason: string; needsApproval: boolean };

/** Grants live mutations: which nodes, for how long, why, and whether someone else must agree. */
export function NewGrant(props: Props) {
  const none = props.workflows.length === 0 ? "There are no workflows yet." : null;
  return (
    <DialogButton
      disabledReason={props.denied ?? none}
      draft="mutation grant"
      dialog={(close) => <GrantForm {...props} onDone={close} />}
    >
      Grant mutations
    </DialogButton>
  );
}

function missing({ nodeIds, reason }: Draft): string | null {
  if (nodeIds.length === 0) return "Choose a node.";
  return reason.trim() === "" ? "Enter a reason." : null;
}

function GrantForm({ workspaceSlug, workflows, create, onDone }: Props & { onDone: () => void }) {
  const [draft, setDraft] = useDraft<Draft>("grant", {
    workflow: workflows[0]?.slug ?? "",
    nodeIds: [],
    durationMs: 3_600_000,
    reason: "",
    needsApproval: false,
  });
  const { run, isBusy, refusal } = useServerAction(create);
  const chosen = workflows.find(({ slug }) => slug === draft.workflow);
  const submit = () =>
    run(draft, (grant) => {
      onDone();
      toast.success(grant.state === "requested" ? "Grant waiting for approval" : "Mutations granted", {
        description: grant.id,
      });
    });
  return (
    <FormDialog
      title="Grant mutations"
      description="For a limited time, replays make the mutating tool calls of these nodes for real."
      submitLabel={draft.needsApproval ? "Request approval" : "Grant mutations"}
      isDangerous={!draft.needsApproval}
      busy={isBusy}
      disabledReason={missing(draft)}
      onSubmit={submit}
    >
      <Field label="Workflow">
        {(control) => (
          <NativeSelect
            {...control}
            value={draft.workflow}
            onChange={(event) => setDraft({ ...draft, workflow: event.currentTarget.value, nodeIds: [] })}
          >
            {workflows.map(({ slug, name }) => (
              <option key={slug} value={slug}>
                {name} ({slug})
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      {chosen ? (
        <NodeChoice
          key={chosen.slug}
          workspaceSlug={workspaceSlug}
          workflow={chosen}
          value={draft.nodeIds}
          onChange={(nodeIds) => setDraft({ ...draft, nodeIds })}
        />
      ) : null}
      <Field label="For">
        {(control) => (
          <NativeSelect
            {...control}
            value={String(draft.durationMs)}
            onChange={(event) => setDraft({ ...draft, durationMs: Number(event.currentTarget.value) })}
          >
            {grantDurations.map(({ ms, label }) => (
              <option key={ms} value={String(ms)}>
                {label}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <TextAreaField
        label="Reason"
        error={fieldMessage(refusal, "reason")}
        maxLength={500}
        value={draft.reason}
        onText={(reason) => setDraft({ ...draft, reason })}
      />
      <Checkbox
        checked={draft.needsApproval}
        onCheckedChange={(needsApproval) => setDraft({ ...draft, needsApproval })}
        label="Another admin or owner must approve it before it takes effect"
      />
      <RefusalCallout refusal={refusal} shown={["reason"]} />
    </FormDialog>
  );
}

/** The nodes of one version; their ids count in every version. */
function NodeChoice({
  workspaceSlug,
  workflow,
  value,
  onChange,
}: {
  workspaceSlug: string;
  workflow: Workflow;
  value: string[];
  onChange: (nodeIds: string[]) => void;
}) {
  const [version, setVersion] = useState(workflow.version);
  const { slug } = workflow;
  const versions = useRead(versionsQuery(workspaceSlug, slug));
  const read = useRead(versionQuery(workspaceSlug, slug, version));
  const numbers = versions.data?.map((each) => each.version) ?? [version];
  return (
    <>
      <Field label="Nodes of version" hint="A grant names nodes by id and applies to every version.">
        {(control) => (
          <NativeSelect
            {...control}
            value={String(version)}
            onChange={(event) => {
              setVersion(Number(event.currentTarget.value));
              onChange([]);
            }}
          >
            {numbers.map((number) => (
              <option key={number} value={String(number)}>
                {number}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      {read.error ? (
        <Callout kind="danger">
          {read.error} <Button onClick={read.retry}>Try again</Button>
        </Callout>
      ) : null}
      {read.isLoading ? <p className="text-ink-muted">Loading the nodes…</p> : null}
      {read.data ? <NodeChecks nodes={grantableNodes(read.data.definition)} value={value} onChange={onChange} /> : null}
    </>
  );
}

function NodeChecks({
  nodes,
  value,
  onChange,
}: {
  nodes: GrantableNode[];
  value: string[];
  onChange: (nodeIds: string[]) => void;
}) {
  if (nodes.length === 0) return <p className="text-ink-muted">No node of this version calls a tool.</p>;
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="text-sm font-medium text-ink">Nodes</legend>
      <div className="mt-1 flex max-h-52 flex-col gap-1 overflow-y-auto rounded-md border border-line-strong p-2">
        {nodes.map(({ id, tools, refuses }) => (
          <Checkbox
            key={id}
            checked={value.includes(id)}
            disabled={refuses}
            onCheckedChange={(isIn) => onChange(isIn ? [...value, id] : value.filter((other) => other !== id))}
            label={
              <span className="break-all">
                <span className="font-mono text-sm">{id}</span>{" "}
                <span className="text-sm text-ink-muted">
                  {refuses ? "set to false on this node" : tools.join(", ")}
                </span>
              </span>
            }
          />
        ))}
      </div>
    </fieldset>
  );
}
