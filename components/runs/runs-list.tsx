"use client";

import { usePathname, useRouter } from "next/navigation";
import {
  type ReactNode,
  Suspense,
  use,
  useCallback,
  useEffect,
  useOptimistic,
  useRef,
  useState,
  useTransition,
} from "react";
import { cn } from "#/components/ui/class-names.ts";
import { formatCount } from "#/components/ui/format.ts";
import { Table } from "#/components/ui/table.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import type { RunSummary } from "#/lib/contract/run.ts";
import { CancelRunDialog } from "./cancel-run-dialog.tsx";
import type { CancelRuns } from "./cancel-runs-dialog.tsx";
import type { RunAction } from "./run-actions.ts";
import { RescheduleDialog, type RescheduleAction } from "./reschedule-run.tsx";
import { RunFilters } from "./run-filters.tsx";
import {
  hasFilter,
  newestPage,
  nextPage,
  parseRunListQuery,
  previousPage,
  type RunListQuery,
  runFilterOf,
  runListSearch,
  runsPerPage,
  withFilter,
} from "./run-list-query.ts";
import { rememberRunList } from "#/components/shell/run-list-memory.ts";
import { RunRow } from "./run-row.tsx";
import { isSelected, pageState } from "./run-selection.ts";
import { type ReplayChosen, RunsSelected } from "./runs-selected.tsx";
import type { MatchCount } from "./selection-bar.tsx";
import { NoOlderRuns, NoRunsMatch, NoRunsYet } from "./runs-empty.tsx";
import { RunsPager } from "./runs-pager.tsx";
import { RunsTableHead } from "./runs-table-head.tsx";
import { useLiveRuns } from "./use-live-runs.ts";
import { useRunSelection } from "./use-run-selection.ts";
import { useRowKeys } from "./use-row-keys.ts";

export type RunsListProps = {
  workspaceSlug: string;
  query: RunListQuery;
  runs: RunSummary[];
  hasMore: boolean;
  /** When the server read them, in ms. */
  readAt: number;
  workflows: { slug: string; name: string }[];
  environments: string[];
  /** Why this person may not replay, or cancel; null when they may. */
  replayDenied: string | null;
  controlDenied: string | null;
  cancel: RunAction;
  reschedule: RescheduleAction;
  cancelMany: CancelRuns;
  /** The dialog in which several runs are replayed. */
  replayDialog: (chosen: ReplayChosen) => ReactNode;
  /** How many runs match. */
  count: Promise<MatchCount>;
};

/** The runs list: filters, table, pages. The address holds all of its state. */
export function RunsList(props: RunsListProps) {
  const { workspaceSlug, query, workflows } = props;
  const { asked, go, isPending } = useListNavigation(query);
  const [cancelling, setCancelling] = useState<RunSummary | null>(null);
  const [rescheduling, setRescheduling] = useState<RunSummary | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const live = useLiveRuns({
    workspaceSlug,
    initial: props.runs,
    initialHasMore: props.hasMore,
    readAt: props.readAt,
    filterAt: (nowMs) => runFilterOf(query, nowMs),
    isFirstPage: query.cursor === null,
    limit: runsPerPage,
  });
  const { rows } = live;
  const onCancel = useCallback((run: RunSummary) => setCancelling(run), []);
  const clear = () => go(parseRunListQuery({}));
  const cursor = useRowKeys(body, "run");
  const filterKey = runListSearch(newestPage(query));
  const { selection, change, tick } = useRunSelection(rows, filterKey, cursor);
  useRemembered(workspaceSlug, query, rows);

  const last = rows.at(-1);
  const next = last && live.hasMore ? () => go(nextPage(query, last)) : null;
  const isWhole = query.cursor === null && !live.hasMore;
  const earlier = previousPage(query);
  const previous = earlier ? () => go(earlier) : null;
  useShortcuts([
    { keys: "shift+n", label: "Next page", run: () => next?.(), enabled: next !== null },
    { keys: "shift+p", label: "Previous page", run: () => previous?.(), enabled: previous !== null },
  ]);

  return (
    <>
      <RunFilters
        query={asked}
        workflows={workflows}
        environments={props.environments}
        onChange={(change) => go(withFilter(asked, change), "q" in change ? "replace" : "push")}
        onClear={clear}
      />
      {rows.length === 0 ? (
        query.cursor ? (
          <NoOlderRuns onNewest={() => go(newestPage(query))} />
        ) : hasFilter(query) ? (
          <NoRunsMatch onClear={clear} />
        ) : (
          <NoRunsYet workflowSlug={workflows[0]?.slug ?? null} />
        )
      ) : (
        <div aria-busy={isPending} className={cn("flex min-h-64 grow flex-col", isPending && "opacity-60")}>
          <Table
            label="Runs"
            boxClassName="min-h-0 grow basis-0"
            className="max-md:table-fixed [&_:is(td,th):not(:first-child)]:px-1.5"
          >
            <RunsTableHead selected={pageState(selection, rows)} onSelectPage={() => change({ kind: "page", rows })} />
            <tbody ref={body}>
              {rows.map((run) => (
                <RunRow
                  key={run.id}
                  run={run}
                  isSelected={isSelected(selection, run.id)}
                  onTick={tick}
                  workspaceSlug={workspaceSlug}
                  replayDenied={props.replayDenied}
                  controlDenied={props.controlDenied}
                  onCancel={onCancel}
                  onReschedule={setRescheduling}
                />
              ))}
            </tbody>
          </Table>
        </div>
      )}
      <RunsSelected
        workspaceSlug={workspaceSlug}
        selection={selection}
        rows={rows}
        cursor={cursor}
        matching={isWhole ? null : { count: props.count, query: hasFilter(query) ? query : null }}
        replayDenied={props.replayDenied}
        controlDenied={props.controlDenied}
        cancelMany={props.cancelMany}
        replayDialog={props.replayDialog}
        onChange={change}
        onCancelled={live.refresh}
      />
      <RunsPager
        count={
          isWhole ? (
            countWords({ count: rows.length, more: false })
          ) : (
            <Suspense key={filterKey} fallback="Counting…">
              <Count of={props.count} />
            </Suspense>
          )
        }
        stale={live.stale}
        onPrevious={previous}
        onNext={next}
      />
      <CancelRunDialog
        workspaceSlug={workspaceSlug}
        run={cancelling}
        cancel={props.cancel}
        onClose={() => setCancelling(null)}
        onCancelled={live.refresh}
      />
      <RescheduleDialog
        run={rescheduling}
        reschedule={props.reschedule}
        onClose={() => setRescheduling(null)}
        onRescheduled={live.refresh}
      />
    </>
  );
}

function Count({ of }: { of: Promise<MatchCount> }) {
  return <>{countWords(use(of))}</>;
}

function countWords({ count, more }: MatchCount): string {
  if (more) return "100k+ runs";
  return count === 1 ? "1 run" : `${formatCount(count)} runs`;
}

/** `asked` is the pending query: what the filters show while its list is fetched. */
function useListNavigation(query: RunListQuery) {
  const router = useRouter();
  const pathname = usePathname();
  const [isPending, start] = useTransition();
  const [asked, ask] = useOptimistic(query);
  const go = (next: RunListQuery, how: "push" | "replace" = "push") => {
    const search = runListSearch(next);
    start(() => {
      ask(next);
      router[how](search ? `${pathname}?${search}` : pathname, { scroll: false });
    });
  };
  return { asked, go, isPending };
}

/** The trace viewer's previous/next run and its way back read what is stored here. */
function useRemembered(workspaceSlug: string, query: RunListQuery, rows: RunSummary[]): void {
  const pathname = usePathname();
  useEffect(() => {
    const search = runListSearch(query);
    rememberRunList({
      workspaceSlug,
      href: search ? `${pathname}?${search}` : pathname,
      ids: rows.map((run) => run.id),
    });
  }, [workspaceSlug, pathname, query, rows]);
}
