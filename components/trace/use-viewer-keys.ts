"use client";

import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { NeighbourRuns } from "./use-neighbour-runs.ts";

export type ViewerCommands = {
  move: (step: number) => void;
  sideways: (direction: "left" | "right") => void;
  openInspector: () => void;
  search: () => void;
  toggleErrors: () => void;
  nextError: (step: 1 | -1) => void;
  setAll: (collapse: boolean) => void;
  escape: () => void;
  replay: () => void;
  /** From the selected step on; null while none is selected. */
  replayFrom: (() => void) | null;
  compare: (() => void) | null;
  neighbours: NeighbourRuns;
};

/**
 * All keys of the trace viewer. While the list has the focus, its own keys (`list-keys.ts`) come first; arrows do
 * nothing here where they have another use, as in the inspector (`data-own-arrows`).
 */
export function useViewerKeys(commands: ViewerCommands): void {
  const { neighbours } = commands;
  useShortcuts([
    { group: "Spans", keys: ["j", "arrowdown"], label: "Next span", repeats: true, run: () => commands.move(1) },
    { group: "Spans", keys: ["k", "arrowup"], label: "Previous span", repeats: true, run: () => commands.move(-1) },
    {
      group: "Spans",
      keys: ["h", "arrowleft"],
      label: "Collapse, or go to the parent",
      repeats: true,
      run: () => commands.sideways("left"),
    },
    {
      group: "Spans",
      keys: ["l", "arrowright"],
      label: "Expand, or go to the first child",
      repeats: true,
      run: () => commands.sideways("right"),
    },
    { group: "Spans", keys: "enter", label: "Open the inspector", run: commands.openInspector },
    { group: "Spans", keys: "/", label: "Search spans", run: commands.search },
    { group: "Spans", keys: "e", label: "Errors only", run: commands.toggleErrors },
    { group: "Spans", keys: "n", label: "Next error", run: () => commands.nextError(1) },
    { group: "Spans", keys: "shift+n", label: "Previous error", run: () => commands.nextError(-1) },
    { group: "Spans", keys: "shift+e", label: "Expand all", run: () => commands.setAll(false) },
    { group: "Spans", keys: "shift+c", label: "Collapse all", run: () => commands.setAll(true) },
    { group: "Spans", keys: "escape", label: "Clear the search, close the inspector", run: commands.escape },
    { group: "Run", keys: "r", label: "Replay this run", run: commands.replay },
    {
      group: "Run",
      keys: "shift+r",
      label: "Replay from the selected step",
      enabled: commands.replayFrom !== null,
      run: () => commands.replayFrom?.(),
    },
    {
      group: "Run",
      keys: "c",
      label: "Compare with the original",
      enabled: commands.compare !== null,
      run: () => commands.compare?.(),
    },
    {
      group: "Run",
      keys: "[",
      label: "Previous run of the list",
      enabled: neighbours.previous !== null,
      run: () => neighbours.previous?.(),
    },
    {
      group: "Run",
      keys: "]",
      label: "Next run of the list",
      enabled: neighbours.next !== null,
      run: () => neighbours.next?.(),
    },
  ]);
}
