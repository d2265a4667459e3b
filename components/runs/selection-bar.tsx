"use client";

import { CircleStop, Columns2, RotateCcw, X } from "lucide-react";
import { type ReactNode, Suspense, use } from "react";
import { Button } from "#/components/ui/button.tsx";
import { formatCount } from "#/components/ui/format.ts";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";

/** How many runs match the list's filter; `more` = that many at least. */
export type MatchCount = { count: number; more: boolean };

/** Something that can be done with the selected runs; `denied` says why it cannot. */
export type BarAction = { run: () => void; denied: string | null };

/** The bar below the list while runs are selected: how many, and what can be done with them. */
export function SelectionBar({
  count,
  elsewhere,
  fault,
  allMatching,
  replay,
  compare,
  cancel,
  onClear,
}: {
  count: number;
  /** How many of them are not on this page. */
  elsewhere: number;
  /** What is wrong with so many; null = nothing. */
  fault: string | null;
  /** Offers to select everything that matches; null where there is no more than that. */
  allMatching: ReactNode;
  replay: BarAction;
  compare: BarAction;
  cancel: BarAction;
  onClear: () => void;
}) {
  const group = "Selection";
  useShortcuts([
    { group, keys: "r", label: "Replay the selected runs", run: replay.run, enabled: replay.denied === null },
    { group, keys: "c", label: "Compare the two selected runs", run: compare.run, enabled: compare.denied === null },
    { group, keys: "shift+c", label: "Cancel the selected runs", run: cancel.run, enabled: cancel.denied === null },
  ]);
  return (
    <section
      aria-label="Selected runs"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-line-strong bg-raised px-3 py-2"
    >
      <span role="status" className="tabular">
        <span className="font-medium">{formatCount(count)} selected</span>
        {elsewhere > 0 ? <span className="text-ink-subtle">, {formatCount(elsewhere)} not on this page</span> : null}
        {fault === null ? null : <span className="text-warning">. {fault}</span>}
      </span>
      {allMatching}
      <div className="ml-auto flex flex-wrap gap-1.5">
        <Button variant="primary" keys="r" disabledReason={replay.denied} onClick={replay.run}>
          <RotateCcw aria-hidden />
          Replay runs
        </Button>
        <Button keys="c" disabledReason={compare.denied} onClick={compare.run}>
          <Columns2 aria-hidden />
          Compare
        </Button>
        <Button keys="shift+c" disabledReason={cancel.denied} onClick={cancel.run}>
          <CircleStop aria-hidden />
          Cancel
        </Button>
        <Button variant="ghost" keys="escape" onClick={onClear}>
          <X aria-hidden />
          Clear
        </Button>
      </div>
    </section>
  );
}

/** `Select all 214 matching`, as soon as they are counted. */
export function SelectAllMatching({
  count,
  denied,
  onSelect,
}: {
  count: Promise<MatchCount>;
  denied: string | null;
  onSelect: (count: number) => void;
}) {
  return (
    <Suspense fallback={<span className="text-sm text-ink-subtle">Counting…</span>}>
      <Offer {...{ count, denied, onSelect }} />
    </Suspense>
  );
}

function Offer({ count: counted, denied, onSelect }: Parameters<typeof SelectAllMatching>[0]) {
  const { count, more } = use(counted);
  return (
    <Button variant="ghost" disabledReason={denied} onClick={() => onSelect(count)}>
      Select all {formatCount(count)}
      {more ? "+" : ""} matching
    </Button>
  );
}
