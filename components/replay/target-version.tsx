"use client";

import { Field } from "#/components/ui/field.tsx";
import type { WorkflowVersionSummary } from "#/lib/contract/workflow.ts";
import { NativeSelect } from "./native-select.tsx";
import type { TargetVersion } from "./replay-draft.ts";
import type { ReadState } from "#/components/data/use-read.ts";

/** The version of the workflow that the replay runs on. */
export function TargetVersionField({
  value,
  original,
  versions,
  hint,
  onChange,
}: {
  value: TargetVersion;
  /** Null where it is not one version. */
  original: number | null;
  versions: ReadState<WorkflowVersionSummary[]>;
  /** Why there is less to choose. */
  hint?: string | undefined;
  onChange: (value: TargetVersion) => void;
}) {
  const known = versions.data ?? [];
  const latest = known[0]?.version;
  const others = known.filter(({ version }) => version !== original);
  return (
    <Field
      label="Target version"
      hint={versions.error !== null ? `The other versions could not be read: ${versions.error}` : hint}
      className="sm:max-w-64"
    >
      {(control) => (
        <NativeSelect
          {...control}
          value={String(value)}
          onChange={(event) => onChange(readChoice(event.currentTarget.value))}
        >
          <option value="original">Original version{original === null ? "" : ` (v${original})`}</option>
          <option value="latest">Latest version{latest === undefined ? "" : ` (v${latest})`}</option>
          {others.map(({ version }) => (
            <option key={version} value={version}>
              Version {version}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}

function readChoice(value: string): TargetVersion {
  return value === "original" || value === "latest" ? value : Number(value);
}
