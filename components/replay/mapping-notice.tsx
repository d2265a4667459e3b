"use client";

import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { Spinner } from "#/components/ui/spinner.tsx";
import type { NodeMappingView } from "#/lib/contract/mapping.ts";

function Author({ mapping }: { mapping: NodeMappingView }) {
  if (mapping.authorName !== null) return <span title={mapping.author}>{mapping.authorName}</span>;
  return <span>a former member</span>;
}

/** The state of a cross-version replay's renamed nodes: being looked up, to be mapped, or mapped by a saved mapping. */
export function MappingNotice({
  isLookingUp,
  unmapped,
  renamed,
  applied,
  onResolve,
}: {
  isLookingUp: boolean;
  unmapped: number;
  renamed: number;
  applied: NodeMappingView | null;
  onResolve: () => void;
}) {
  if (isLookingUp)
    return (
      <p role="status" className="flex items-center gap-1.5 text-sm text-ink-muted">
        <Spinner />
        Checking saved node mappings...
      </p>
    );
  if (unmapped > 0)
    return (
      <Callout
        kind="danger"
        action={
          <Button size="sm" onClick={onResolve}>
            Resolve mapping
          </Button>
        }
      >
        <p>{unmapped} renamed node(s) need mapping before this cross-version replay can run.</p>
      </Callout>
    );
  if (renamed === 0) return <p className="text-sm text-ink-subtle">No node that ran was renamed in this version.</p>;
  if (!applied) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-muted" data-testid="applied-mapping">
      <span>
        {applied.visibility === "private" ? "Private mapping applied" : "Shared mapping applied"}: {renamed} renamed{" "}
        {renamed === 1 ? "node" : "nodes"}, revision {applied.revision}
        {applied.visibility === "private" ? "" : " by "}
        {applied.visibility === "private" ? null : <Author mapping={applied} />}, saved{" "}
        <RelativeTime iso={applied.updatedAt} />
      </span>
      <Button size="sm" variant="ghost" onClick={onResolve}>
        Change mapping
      </Button>
    </p>
  );
}
