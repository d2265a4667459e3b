"use client";

import { Checkbox } from "#/components/ui/checkbox.tsx";
import type { ReplayMode } from "#/lib/contract/status.ts";
import type { VersionNode } from "./version-nodes.ts";

/** Chooses which nodes an override changes: all of them unless some are deselected. */
export function NodeChecks({
  mode,
  candidates,
  value,
  error,
  onChange,
}: {
  mode: ReplayMode;
  candidates: readonly VersionNode[] | null;
  value: readonly string[] | null;
  error: string | undefined;
  onChange: (nodeIds: readonly string[] | null) => void;
}) {
  const label = mode === "prompt" ? "Nodes that get the new prompt" : "Nodes that get the new model";
  const all = candidates?.map(({ id }) => id) ?? [];
  const toggle = (id: string, isOn: boolean) => {
    const before = new Set(value ?? all);
    if (isOn) before.add(id);
    else before.delete(id);
    const next = all.filter((each) => before.has(each));
    onChange(next.length === all.length ? null : next);
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 text-sm font-medium text-ink">{label}</legend>
      {candidates === null ? (
        <p className="text-sm text-ink-subtle">The nodes of the version are not known yet.</p>
      ) : candidates.length === 0 ? (
        <p className="text-sm text-ink-subtle">
          {mode === "prompt"
            ? "No node of the version uses this prompt artifact."
            : "No node of the version calls a model."}
        </p>
      ) : (
        <div className="flex max-h-40 flex-wrap gap-x-4 gap-y-1 overflow-y-auto">
          {candidates.map(({ id }) => (
            <Checkbox
              key={id}
              label={<span className="font-mono text-sm">{id}</span>}
              checked={value === null || value.includes(id)}
              onCheckedChange={(isOn) => toggle(id, isOn)}
            />
          ))}
        </div>
      )}
      {error === undefined ? null : <p className="text-sm text-danger">{error}</p>}
    </fieldset>
  );
}
