"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { RunSelection as RunsNamed } from "#/lib/contract/batch.ts";
import type { RunSummary } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { type CancelRuns, CancelRunsDialog } from "./cancel-runs-dialog.tsx";
import { replayPath, tracePath } from "./run-links.ts";
import { type RunListQuery, runFilterOf } from "./run-list-query.ts";
import {
  cancellable,
  pageState,
  type RunSelection,
  selectedCount,
  type SelectedRun,
  selectedRuns,
  selectionOf,
  type SelectionStep,
  tooMany,
} from "./run-selection.ts";
import { type BarAction, type MatchCount, SelectAllMatching, SelectionBar } from "./selection-bar.tsx";
import type { RowCursor } from "./use-row-keys.ts";

/** The runs that are to be replayed together, and what becomes of the dialog that asks how. */
export type ReplayChosen = {
  workspaceSlug: string;
  /** Null = closed. */
  chosen: ChosenRuns | null;
  onClose: () => void;
  onSubmitted: () => void;
};

export type ChosenRuns = {
  named: RunsNamed;
  count: number;
  /** Those of them that the page knows; all of them unless a filter names them. */
  known: readonly SelectedRun[];
};

/** What can be done with the selected runs, and the dialogs that it takes. */
export function RunsSelected({
  workspaceSlug,
  selection,
  rows,
  cursor,
  matching,
  replayDenied,
  controlDenied,
  cancelMany,
  replayDialog,
  onChange,
  onCancelled,
}: {
  workspaceSlug: string;
  selection: RunSelection;
  rows: RunSummary[];
  cursor: RowCursor;
  /** What the list shows a part of; null where this page is all of it. Without filter not all may be selected. */
  matching: { count: Promise<MatchCount>; query: RunListQuery | null } | null;
  replayDenied: string | null;
  controlDenied: string | null;
  cancelMany: CancelRuns;
  replayDialog: (chosen: ReplayChosen) => ReactNode;
  onChange: (step: SelectionStep) => void;
  onCancelled: () => void;
}) {
  const router = useRouter();
  const [replaying, setReplaying] = useState<ChosenRuns | null>(null);
  const [cancelling, setCancelling] = useState<RunsNamed | null>(null);
  const count = selectedCount(selection);
  const runs = selectedRuns(selection, rows);
  const replay: BarAction = {
    denied: replayDenied ?? tooMany(count) ?? inFlight(runs),
    run: () => {
      const [only] = runs;
      if (only && count === 1) router.push(replayPath(workspaceSlug, only.id));
      else setReplaying({ named: selectionOf(selection), count, known: selection.matching ? rows : runs });
    },
  };
  const compare: BarAction = {
    denied: runs.length === 2 ? null : "Select exactly two runs to compare.",
    run: () => router.push(`${tracePath(workspaceSlug, runs[0]?.id ?? "")}/compare/${runs[1]?.id}`),
  };
  const going = cancellable(runs);
  const ended = selection.matching === null && going.length === 0 ? "The selected runs have ended." : null;
  const cancel: BarAction = {
    denied: controlDenied ?? tooMany(count) ?? ended,
    run: () => setCancelling(selection.matching ? selectionOf(selection) : { runIds: going }),
  };
  const replayCurrent = () => {
    const run = rows.find(({ id }) => id === cursor.current()?.dataset["runId"]);
    if (run && isFinal(run.status)) router.push(replayPath(workspaceSlug, run.id));
  };
  useShortcuts([
    { keys: "r", label: "Replay the run", run: replayCurrent, enabled: count === 0 && replayDenied === null },
  ]);
  const onPage = rows.filter(({ id }) => selection.runs.has(id)).length;
  return (
    <>
      {count === 0 ? null : (
        <SelectionBar
          count={count}
          elsewhere={selection.matching ? 0 : count - onPage}
          fault={tooMany(count)}
          allMatching={
            matching && !selection.matching && pageState(selection, rows) === true ? (
              <SelectAllMatching
                count={matching.count}
                denied={matching.query ? null : "Filter the list first: not every run of a workspace can be selected."}
                onSelect={(all) => {
                  if (matching.query)
                    onChange({ kind: "matching", filter: runFilterOf(matching.query, Date.now()), count: all });
                }}
              />
            ) : null
          }
          replay={replay}
          compare={compare}
          cancel={cancel}
          onClear={() => onChange({ kind: "clear" })}
        />
      )}
      {replayDialog({
        workspaceSlug,
        chosen: replaying,
        onClose: () => setReplaying(null),
        onSubmitted: () => onChange({ kind: "clear" }),
      })}
      <CancelRunsDialog
        chosen={cancelling}
        count={cancelling?.runIds?.length ?? count}
        cancel={cancelMany}
        onClose={() => setCancelling(null)}
        onCancelled={onCancelled}
      />
    </>
  );
}

/** Nothing of it can be replayed yet; with some that can, the check of the dialog says which ones cannot. */
function inFlight(runs: readonly SelectedRun[]): string | null {
  const none = runs.length > 0 && runs.every(({ status }) => !isFinal(status));
  return none ? "Cannot replay an in-flight run" : null;
}
