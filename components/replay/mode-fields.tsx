"use client";

import type { ReactNode } from "react";
import { Field } from "#/components/ui/field.tsx";
import { Input } from "#/components/ui/input.tsx";
import { RadioGroup } from "#/components/ui/radio-group.tsx";
import type { Run } from "#/lib/contract/run.ts";
import type { ReplayMode } from "#/lib/contract/status.ts";
import { ModelPicker } from "./model-picker.tsx";
import { PromptPicker } from "./prompt-picker.tsx";
import { spacesAround, type ReplayDraft } from "./replay-draft.ts";

type FieldsProps = {
  draft: ReplayDraft;
  run: Pick<Run, "prompts" | "models">;
  workspaceSlug: string;
  onChange: (change: Partial<ReplayDraft>) => void;
};

/** The three modes; the chosen one opens its two fields. */
export function ModeFields(props: FieldsProps) {
  const { draft, onChange } = props;
  return (
    <RadioGroup
      label="Replay mode"
      value={draft.mode}
      onValueChange={(mode) => onChange({ mode: mode as ReplayMode })}
      options={[
        {
          value: "as_is",
          label: "Replay as-is",
          description: "The original trigger payload, on the version it ran on.",
        },
        {
          value: "prompt",
          label: "Replay with new prompt",
          description: "The same payload against another prompt revision.",
          content: <PromptFields {...props} />,
        },
        {
          value: "model",
          label: "Replay with new model",
          description: "The same payload with another model on every node that calls one.",
          content: <ModelFields {...props} />,
        },
      ]}
    />
  );
}

function PromptFields({ draft, run, workspaceSlug, onChange }: FieldsProps) {
  return (
    <Pair>
      <IdField
        label="Prompt artifact id"
        placeholder="prompt_a1b2c3d4"
        value={draft.artifactId}
        onChange={(artifactId) => onChange({ artifactId })}
      />
      <IdField
        label="Content hash"
        placeholder="sha256:9f86d081884c7d65…"
        value={draft.contentHash}
        onChange={(contentHash) => onChange({ contentHash })}
      />
      <div>
        <PromptPicker
          workspaceSlug={workspaceSlug}
          used={run.prompts}
          artifactId={draft.artifactId}
          onPick={onChange}
        />
      </div>
    </Pair>
  );
}

function ModelFields({ draft, run, workspaceSlug, onChange }: FieldsProps) {
  return (
    <Pair>
      <IdField
        label="Model id"
        placeholder="claude-opus-4-7"
        value={draft.modelId}
        onChange={(modelId) => onChange({ modelId })}
      />
      <IdField
        label="Model ref"
        placeholder="anthropic:claude-opus-4-7"
        value={draft.modelRef}
        onChange={(modelRef) => onChange({ modelRef })}
      />
      <div>
        <ModelPicker
          workspaceSlug={workspaceSlug}
          usedRefs={run.models}
          onPick={({ id, ref }) => onChange({ modelId: id, modelRef: ref })}
        />
      </div>
    </Pair>
  );
}

function Pair({ children }: { children: ReactNode }) {
  return <div className="grid gap-3 sm:grid-cols-2">{children}</div>;
}

function IdField({
  label,
  placeholder,
  value,
  onChange,
}: {
  label: string;
  placeholder: string;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} hint={spacesAround(value)}>
      {(control) => (
        <Input
          {...control}
          mono
          required
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
