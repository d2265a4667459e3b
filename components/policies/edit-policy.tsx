"use client";

import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { type ServerAction, useServerAction } from "#/components/shell/use-server-action.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { useDraft } from "#/components/ui/draft-dialog.tsx";
import { DialogButton, FormDialog } from "#/components/ui/form-dialog.tsx";
import { RadioGroup } from "#/components/ui/radio-group.tsx";
import type { PolicyValues, PutPolicyRequest } from "#/lib/contract/policy.ts";
import { effectivePolicy } from "#/lib/policies/effective-policy.ts";
import { ListEditor } from "./list-editor.tsx";
import { draftOf, type MutationChoice, type PolicyDraft, requestOf, valuesOf } from "./policy-draft.ts";
import { listWords } from "./policy-words.ts";

export type PutPolicyAction = ServerAction<{ policy: PutPolicyRequest }>;
type Level = "workspace" | "account";

type Props = {
  level: Level;
  policy: { workspace: PolicyValues; account: PolicyValues };
  known: { models: string[]; providers: string[] };
  denied: string | null;
  put: PutPolicyAction;
};

/** Edits everything that one level says, all at once, because that is how it is stored. */
export function EditPolicy(props: Props) {
  return (
    <DialogButton
      disabledReason={props.denied}
      draft={`${props.level} policy`}
      dialog={(close) => <EditPolicyForm {...props} onDone={close} />}
    >
      Edit {props.level} policy
    </DialogButton>
  );
}

const scopeOf: Record<Level, string> = {
  workspace: "Applies to this workspace, within what the account allows.",
  account: "Applies to every workspace of the account. No workspace can allow what it forbids.",
};

const titleOf: Record<Level, string> = { workspace: "Workspace policy", account: "Account policy" };

function EditPolicyForm({ level, policy, known, put, onDone }: Props & { onDone: () => void }) {
  const before = policy[level];
  const [draft, setDraft] = useDraft<PolicyDraft>("policy", (kept) => kept ?? draftOf(before));
  const { run, isBusy, refusal } = useServerAction(put);
  const request = requestOf(draft);
  const after = valuesOf(draft);
  const isSame = JSON.stringify(after) === JSON.stringify(before);
  const submit = () => {
    if (!request) return;
    run({ policy: request }, () => {
      onDone();
      toast.success(`${titleOf[level]} changed`);
    });
  };
  const isTurningOn = draft.mutations === "true" && before.replay.allowMutations !== true;
  return (
    <FormDialog
      title={titleOf[level]}
      description={scopeOf[level]}
      size="lg"
      submitLabel="Save policy"
      isDangerous={isTurningOn && level === "workspace"}
      busy={isBusy}
      disabledReason={
        request ? (isSame ? "Nothing has changed." : null) : "Select at least one entry, or choose “None”."
      }
      onSubmit={submit}
    >
      <div className="flex flex-col gap-5">
        <ListEditor
          legend="Allowed models"
          noun="model"
          example="anthropic:claude-haiku-4-5"
          known={known.models}
          value={draft.models}
          onChange={(models) => setDraft({ ...draft, models })}
        />
        <ListEditor
          legend="Allowed providers"
          noun="provider"
          example="anthropic"
          known={known.providers}
          value={draft.providers}
          onChange={(providers) => setDraft({ ...draft, providers })}
        />
        <MutationEditor
          level={level}
          value={draft.mutations}
          onChange={(mutations) => setDraft({ ...draft, mutations })}
        />
        {after && !isSame ? <Forecast levels={{ ...policy, [level]: after }} /> : null}
        <RefusalCallout refusal={refusal} />
      </div>
    </FormDialog>
  );
}

function MutationEditor({
  level,
  value,
  onChange,
}: {
  level: Level;
  value: MutationChoice;
  onChange: (value: MutationChoice) => void;
}) {
  return (
    <section className="flex flex-col gap-1">
      <h3 className="font-mono font-medium">policies.replay.allowMutations</h3>
      <RadioGroup
        label="policies.replay.allowMutations"
        value={value}
        onValueChange={(choice) => onChange(choice as MutationChoice)}
        options={[
          { value: "unset", label: "Not set", description: "Mutating tool calls dry-run, unless a node opts in." },
          { value: "false", label: "false", description: "Mutating tool calls dry-run. No node can opt in." },
          {
            value: "true",
            label: "true",
            description:
              level === "workspace"
                ? "Replays make mutating tool calls for real, unless a node or the account forbids it."
                : "The account does not forbid it; each workspace decides.",
          },
        ]}
      />
      {value === "true" && level === "workspace" ? (
        <Callout kind="danger" title="Replays of this workspace WILL invoke mutating tool calls.">
          Every replay pays refunds, sends emails and changes records again, whether you replay one run or a thousand.
          To allow a single node instead, set policies.replay.allowMutations: true on that node.
        </Callout>
      ) : null}
    </section>
  );
}

/** What would hold after saving, by the same rule that decides it later. */
function Forecast({ levels }: { levels: { workspace: PolicyValues; account: PolicyValues } }) {
  const { allowedModels, allowedProviders, replay } = effectivePolicy(levels);
  const isNothingLeft = allowedModels.value?.length === 0 || allowedProviders.value?.length === 0;
  const words = (list: string[] | null, noun: string) => (list === null ? `every ${noun}` : listWords(list, noun));
  return (
    <Callout kind={isNothingLeft ? "warning" : "info"} title="In effect after saving">
      {words(allowedModels.value, "model")}, {words(allowedProviders.value, "provider")}, mutations in replays{" "}
      {replay.allowMutations.value ? "made for real" : "dry-run"}.
      {isNothingLeft ? " No model can be called: runs fail at their first model call." : ""}
    </Callout>
  );
}
