"use client";

import { useState } from "react";
import { readRun } from "#/components/data/run-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import { MappingDialog } from "#/components/replay/mapping-dialog.tsx";
import type { ReplayActions } from "#/components/replay/replay-actions.ts";
import type { DraftRequest, TargetVersion } from "#/components/replay/replay-draft.ts";
import { usePreflight } from "#/components/replay/use-preflight.ts";
import { useTarget } from "#/components/replay/use-target.ts";
import { Button } from "#/components/ui/button.tsx";
import type { Run } from "#/lib/contract/run.ts";
import { mappingInForce } from "#/lib/replay/mapping-in-force.ts";

type Props = {
  workspaceSlug: string;
  /** A run that lacks a mapping: the pairs of its versions are asked for. */
  runId: string;
  request: DraftRequest;
  choice: TargetVersion;
  actions: Pick<ReplayActions, "preflight" | "saveMapping">;
  revision: number;
  onSaved: () => void;
};

/** Maps the renamed nodes of one of the runs, and so of all others between the same two versions. */
export function ResolveMapping(props: Props) {
  const { workspaceSlug, runId } = props;
  const [isWanted, setWanted] = useState(false);
  const run = useRead(
    {
      queryKey: ["run", workspaceSlug, runId],
      queryFn: ({ signal }: { signal: AbortSignal }) => readRun(workspaceSlug, runId, signal),
    },
    isWanted,
  );
  return (
    <>
      <Button
        size="sm"
        className="text-ink"
        loading={isWanted && run.data === null && run.error === null}
        onClick={() => (run.error === null ? setWanted(true) : run.retry())}
      >
        Resolve mapping
      </Button>
      {run.error === null ? null : <span className="sr-only">{run.error}</span>}
      {isWanted && run.data ? <OfRun {...props} run={run.data} onClose={() => setWanted(false)} /> : null}
    </>
  );
}

function OfRun({ run, onClose, ...props }: Props & { run: Run; onClose: () => void }) {
  const { workspaceSlug, request, choice, actions, revision } = props;
  const { answer: preflight } = usePreflight({ workspaceSlug, runId: run.id }, request, revision, actions.preflight);
  const target = useTarget(workspaceSlug, run, choice, revision);
  if (!preflight || !target.nodes || !target.sourceNodes || !target.mappings.data) return null;
  if (run.version === null || target.version === null) return null;
  const renamed = preflight.renamedNodes;
  return (
    <MappingDialog
      open
      onOpenChange={(isOpen) => (isOpen ? undefined : onClose())}
      workspaceSlug={workspaceSlug}
      workflow={run.workflow.slug}
      from={run.version}
      to={target.version}
      renamed={renamed}
      nodes={target.nodes}
      sourceNodes={target.sourceNodes}
      applied={mappingInForce(
        target.mappings.data,
        renamed.map(({ id }) => id),
      )}
      save={actions.saveMapping}
      onSaved={props.onSaved}
    />
  );
}
