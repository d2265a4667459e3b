"use client";

import { ArrowDown, ArrowLeftRight, ArrowUp, GitCompareArrows } from "lucide-react";
import { useMemo } from "react";
import { useNodeTitles } from "#/components/replay/use-node-titles.ts";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { formatCount } from "#/components/ui/format.ts";
import { ScrollArea } from "#/components/ui/scroll-area.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { Stale } from "#/components/data/use-live-query.ts";
import { StaleNote } from "#/components/runs/stale-note.tsx";
import type { RunComparison } from "#/lib/contract/compare.ts";
import { nextDifference, rowSpan, selectedRow, shownRows } from "./compare-rows.ts";
import { CompareTotals } from "./compare-totals.tsx";
import { relationText, wantedText } from "./side-words.ts";
import { StepDetail } from "./step-detail.tsx";
import { StepList } from "./step-list.tsx";
import { swapSides } from "./swap-sides.ts";
import { useCompareState } from "./use-compare-state.ts";
import { useLiveComparison } from "./use-live-comparison.ts";

/** Two runs side by side: totals, their steps aligned, and what differs in the selected one. */
export function CompareView({ workspaceSlug, initial }: { workspaceSlug: string; initial: RunComparison }) {
  const live = useLiveComparison(workspaceSlug, initial);
  const [state, change] = useCompareState();
  const comparison = useMemo(
    () => (state.swapped ? swapSides(live.comparison) : live.comparison),
    [live.comparison, state.swapped],
  );
  const { steps } = comparison;
  const selected = useMemo(() => selectedRow(comparison, state.step), [comparison, state.step]);
  const rows = useMemo(() => shownRows(steps, state.differencesOnly), [steps, state.differencesOnly]);
  const select = (index: number) => {
    const step = steps[index];
    if (step) change({ step: rowSpan(step) });
  };
  const toDifference = (direction: 1 | -1) => select(nextDifference(steps, selected, direction));
  const move = (by: number) => {
    const place = rows.indexOf(selected);
    const target = rows[Math.max(0, Math.min(rows.length - 1, place + by))];
    if (target !== undefined) select(target);
  };
  const swap = () => change({ swapped: !state.swapped });
  useShortcuts([
    { group: "Compare", keys: "n", label: "Next difference", repeats: true, run: () => toDifference(1) },
    { group: "Compare", keys: "p", label: "Previous difference", repeats: true, run: () => toDifference(-1) },
    { group: "Compare", keys: "j", label: "Next step", repeats: true, run: () => move(1) },
    { group: "Compare", keys: "k", label: "Previous step", repeats: true, run: () => move(-1) },
    { group: "Compare", keys: "s", label: "Swap sides", run: swap },
    {
      group: "Compare",
      keys: "d",
      label: "Only differences, or all steps",
      run: () => change({ differencesOnly: !state.differencesOnly }),
    },
  ]);
  const { a, b } = comparison;
  const titles = {
    a: useNodeTitles(workspaceSlug, a.workflow.slug, a.version),
    b: useNodeTitles(workspaceSlug, b.workflow.slug, b.version),
  };
  const step = steps[selected];
  return (
    <div className="flex min-h-0 grow flex-col overflow-auto lg:overflow-hidden">
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2.5">
        <div className="min-w-0 grow">
          <h1 className="text-lg font-semibold">Compare runs</h1>
          <p className="text-sm text-ink-muted">{relationText(comparison.a, comparison.b)}</p>
          {[...wantedText("A", comparison.a), ...wantedText("B", comparison.b)].map((text) => (
            <p key={text} className="text-sm text-warning">
              {text}
            </p>
          ))}
        </div>
        <Button keys="s" onClick={swap}>
          <ArrowLeftRight aria-hidden />
          Swap sides
        </Button>
      </header>
      {live.isLive ? <LiveNote stale={live.stale} /> : null}
      <CompareTotals comparison={comparison} workspaceSlug={workspaceSlug} />
      <Toolbar
        comparison={comparison}
        selected={selected}
        differencesOnly={state.differencesOnly}
        onDifference={toDifference}
        onDifferencesOnly={(differencesOnly) => change({ differencesOnly })}
      />
      {steps.length === 0 ? (
        <EmptyState icon={<GitCompareArrows />} title="No steps to compare">
          Neither run has started a step.
        </EmptyState>
      ) : (
        <div className="grid grid-rows-[minmax(160px,40vh)_auto] lg:min-h-0 lg:grow lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] lg:grid-rows-1">
          {rows.length === 0 ? (
            <p className="p-3 text-ink-muted">No differences: every step is the same on both sides.</p>
          ) : (
            <StepList
              steps={steps}
              rows={rows}
              selected={selected}
              firstDivergence={comparison.firstDivergence}
              titles={titles}
              onSelect={select}
            />
          )}
          <ScrollArea label="Selected step" className="border-t border-line lg:border-t-0 lg:border-l">
            {step ? (
              <StepDetail
                key={rowSpan(step)}
                step={step}
                isFirst={selected === comparison.firstDivergence}
                comparison={comparison}
                workspaceSlug={workspaceSlug}
              />
            ) : null}
          </ScrollArea>
        </div>
      )}
    </div>
  );
}

function LiveNote({ stale }: { stale: Stale }) {
  return (
    <div className="shrink-0 px-3 pt-2.5">
      <Callout kind={stale ? "warning" : "neutral"}>
        {stale ? (
          <StaleNote stale={stale} />
        ) : (
          "A run is still in progress. Its steps appear as they start; totals are known when it ends."
        )}
      </Callout>
    </div>
  );
}

function Toolbar({
  comparison,
  selected,
  differencesOnly,
  onDifference,
  onDifferencesOnly,
}: {
  comparison: RunComparison;
  selected: number;
  differencesOnly: boolean;
  onDifference: (direction: 1 | -1) => void;
  onDifferencesOnly: (value: boolean) => void;
}) {
  const { counts, steps } = comparison;
  const ends = (direction: 1 | -1) =>
    nextDifference(steps, selected, direction) === -1 ? `No ${direction === 1 ? "later" : "earlier"} difference` : null;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-3 py-2">
      <p className="tabular text-sm text-ink-muted" data-testid="compare-counts">
        {formatCount(counts.same)} same · <Count value={counts.changed}>differ</Count> ·{" "}
        <Count value={counts.onlyA}>only in A</Count> · <Count value={counts.onlyB}>only in B</Count>
      </p>
      <span className="grow" />
      <Checkbox checked={differencesOnly} onCheckedChange={onDifferencesOnly} label="Only differences" />
      <div className="flex gap-1.5">
        <Button keys="p" disabledReason={ends(-1)} onClick={() => onDifference(-1)}>
          <ArrowUp aria-hidden />
          Previous
        </Button>
        <Button keys="n" disabledReason={ends(1)} onClick={() => onDifference(1)}>
          <ArrowDown aria-hidden />
          Next
        </Button>
      </div>
    </div>
  );
}

function Count({ value, children }: { value: number; children: string }) {
  return (
    <span className={value > 0 ? "font-medium text-ink" : undefined}>
      {formatCount(value)} {children}
    </span>
  );
}
