"use client";

import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import type { RunSummary } from "#/lib/contract/run.ts";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import { nothingSelected, type RunSelection, select, selectedCount, type SelectionStep } from "./run-selection.ts";
import type { RowCursor } from "./use-row-keys.ts";

export type Selecting = {
  selection: RunSelection;
  change: (step: SelectionStep) => void;
  /** Ticks a row, or everything from the last ticked one to it; the same function on every render. */
  tick: (id: string, isRange: boolean) => void;
};

/**
 * The selected runs and the keys that change them. It outlives paging and live rows; of "all that match", only as long as
 * `filterKey` stays the same.
 */
export function useRunSelection(rows: RunSummary[], filterKey: string, cursor: RowCursor): Selecting {
  const [selection, change] = useReducer(select, nothingSelected);
  const [chosenFor, setChosenFor] = useState(filterKey);
  if (chosenFor !== filterKey) {
    setChosenFor(filterKey);
    if (selection.matching) change({ kind: "clear" });
  }
  const latest = useRef(rows);
  useEffect(() => {
    latest.current = rows;
  });
  const tick = useCallback(
    (id: string, isRange: boolean) => change({ kind: isRange ? "range" : "toggle", id, rows: latest.current }),
    [],
  );
  const stretch = (by: number) => {
    const from = cursor.current()?.dataset["runId"];
    const to = cursor.move(by)?.dataset["runId"];
    if (to !== undefined) change({ kind: "stretch", from: from ?? to, to, rows });
  };
  const tickCurrent = () => {
    const id = cursor.current()?.dataset["runId"];
    if (id !== undefined) tick(id, false);
  };
  const group = "Selection";
  useShortcuts([
    { group, keys: "x", label: "Select the run", run: tickCurrent },
    { group, keys: "shift+arrowdown", label: "Extend the selection down", repeats: true, run: () => stretch(1) },
    { group, keys: "shift+arrowup", label: "Extend the selection up", repeats: true, run: () => stretch(-1) },
    {
      ...{ group, keys: "escape", label: "Clear the selection", run: () => change({ kind: "clear" }) },
      enabled: selectedCount(selection) > 0,
    },
  ]);
  return { selection, change, tick };
}
