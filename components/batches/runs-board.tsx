"use client";

import { RunsList, type RunsListProps } from "#/components/runs/runs-list.tsx";
import { type BatchActions, BatchDialog } from "./batch-dialog.tsx";

/** The runs list, with the dialog in which several of its runs are replayed. */
export function RunsBoard({ batch, ...list }: Omit<RunsListProps, "replayDialog"> & { batch: BatchActions }) {
  return (
    <RunsList
      {...list}
      replayDialog={(chosen) => <BatchDialog {...chosen} actions={batch} environments={list.environments} />}
    />
  );
}
