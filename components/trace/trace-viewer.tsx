"use client";

import { useSearchParams, useRouter } from "next/navigation";
import {
  lazy,
  Suspense,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type KeyboardEvent as ReactKeyboardEvent,
} from "react";
import { CancelRunDialog } from "#/components/runs/cancel-run-dialog.tsx";
import { ApprovalPanel, type DecideApproval } from "#/components/runs/approval-panel.tsx";
import type { RunAction } from "#/components/runs/run-actions.ts";
import { type RescheduleAction, RescheduleDialog } from "#/components/runs/reschedule-run.tsx";
import { comparePath, correctPath } from "#/components/runs/run-links.ts";
import { useNodeTitles } from "#/components/replay/use-node-titles.ts";
import { ReplayDialog } from "#/components/replay/replay-dialog.tsx";
import { presetOf, type ReplayPreset } from "#/components/replay/replay-address.ts";
import type { ReplayActions } from "#/components/replay/replay-actions.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { KindSprite } from "./kind-sprite.tsx";
import type { StepFix } from "./fix-actions.tsx";
import type { FixActions } from "./suggest-fix-dialog.tsx";
import { listMove } from "./list-keys.ts";
import { RunHeader } from "./run-header.tsx";
import { nextError, nextHit } from "./search-rows.ts";
import type { ReplayFrom } from "./span-menu.tsx";
import { spanQuery, type SpanQueryOf } from "#/components/data/run-reads.ts";
import { fullWindow, type TimeWindow } from "./time-scale.ts";
import type { BoardHandle } from "./trace-board.tsx";
import { idAt, rowOfId, statusAt, withTitles, type TraceColumns } from "./trace-columns.ts";
import { TracePanes } from "./trace-panes.tsx";
import { TraceToolbar } from "./trace-toolbar.tsx";
import { useFinishedToast } from "./use-finished-toast.tsx";
import { useNeighbourRuns } from "./use-neighbour-runs.ts";
import { useRows, type Rows } from "./use-rows.ts";
import { useRunClock } from "./use-run-clock.ts";
import { useSpanDetail } from "./use-span-detail.ts";
import { useTrace } from "./use-trace.ts";
import { innerPaths, stepPathOf } from "./step-paths.ts";
import { useViewerKeys } from "./use-viewer-keys.ts";
import { useViewerState } from "./use-viewer-state.ts";
import { horizontalMove, indexOfRow } from "./visible-rows.ts";

export type ViewerActions = ReplayActions &
  Pick<FixActions, "suggest" | "push" | "revise"> & {
    cancel: RunAction;
    reschedule: RescheduleAction;
    decide: DecideApproval;
  };

/** Loaded when it is opened: most runs have not failed. */
const SuggestFixDialog = lazy(async () => ({ default: (await import("./suggest-fix-dialog.tsx")).SuggestFixDialog }));
type Suggesting = { spanId: string | null; nodeId: string | null; fixId: string | null };

const inFlight = "Cannot replay an in-flight run";

/** The trace viewer of one run: header, rows in two faces on one cursor, inspector, replay dialog. */
export function TraceViewer({
  workspaceSlug,
  initial,
  environments,
  actions,
  replayDenied,
  controlDenied,
  editDenied,
  suggestDenied,
}: {
  workspaceSlug: string;
  initial: Run;
  /** Names of the environments that a replay can run in. */
  environments: readonly string[];
  actions: ViewerActions;
  /** What the person lacks to replay, as a sentence; null = nothing. */
  replayDenied: string | null;
  controlDenied: string | null;
  editDenied: string | null;
  suggestDenied: string | null;
}) {
  const router = useRouter();
  const { run, trace: untitled, error, retry, refresh } = useTrace(workspaceSlug, initial);
  const titles = useNodeTitles(workspaceSlug, run.workflow.slug, run.version);
  const trace = useMemo(
    () => (untitled && titles.size > 0 ? withTitles(untitled, titles) : untitled),
    [untitled, titles],
  );
  const [state, change] = useViewerState();
  const rows = useRows(trace, state.query, state.errorsOnly);
  const cursor = useMemo(() => (trace ? rowOfId(trace, state.span) : -1), [trace, state.span]);
  const [zoom, setZoom] = useState<TimeWindow | null>(null);
  const [isInspectorOpen, setInspectorOpen] = useInspectorOpen(state.span !== null);
  const [replaying, setReplaying] = useState<ReplayPreset | null>(null);
  const [isCancelling, setCancelling] = useState(false);
  const [isRescheduling, setRescheduling] = useState(false);
  const [submitted, setSubmitted] = useState(0);
  const board = useRef<BoardHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const spanOf = useCallback<SpanQueryOf>(
    (spanId) => spanQuery(workspaceSlug, initial.id, spanId),
    [workspaceSlug, initial.id],
  );
  const isLive = !isFinal(run.status);
  const nowMs = useRunClock(trace, isLive);
  const bounds = useMemo(
    () => (trace ? fullWindow(trace, isLive ? nowMs : null) : { from: 0, to: 1 }),
    [trace, isLive, nowMs],
  );
  const detail = useSpanDetail(
    spanOf,
    cursor >= 0 ? state.span : null,
    rowVersion(trace, cursor),
    useNeighbours(trace, rows, cursor),
  );
  const neighbours = useNeighbourRuns(workspaceSlug, run.id);
  const replayReason = replayDenied ?? (isLive ? inFlight : null);
  const compare = comparePath(workspaceSlug, run);
  useReplayFromAddress(replayReason === null, setReplaying);
  useFinishedToast(run, compare);
  const replayFromRow = (row: number): ReplayFrom => {
    const path = trace && row >= 0 ? stepPathOf(trace, row) : null;
    const reason = replayReason ?? (path === null ? "This span does not belong to a workflow step." : null);
    return { path, reason, open: () => path !== null && reason === null && setReplaying({ fromNodeId: path }) };
  };
  const replayFrom = replayFromRow(cursor);
  const isReplaying = replaying !== null;
  const innerSteps = useMemo(() => (trace && isReplaying ? innerPaths(trace) : []), [trace, isReplaying]);

  const [suggesting, setSuggesting] = useState<Suggesting | null>(null);
  useFixFromAddress((fixId) => setSuggesting({ spanId: null, nodeId: null, fixId }));
  const fixOf = (row: number, nodeId: string | null): StepFix => {
    const fromNodeId = trace && row >= 0 ? stepPathOf(trace, row) : null;
    const spanId = trace && row >= 0 ? idAt(trace, row) : null;
    return {
      correctHref: correctPath(workspaceSlug, run, { nodeId, fromNodeId }),
      denied: editDenied,
      suggest: isLive || nodeId === null ? null : () => setSuggesting({ spanId, nodeId, fixId: null }),
      suggestDenied,
    };
  };

  const select = (row: number) => trace && change({ span: idAt(trace, row) });
  const jump = (spanId: string) => {
    const row = trace ? rowOfId(trace, spanId) : -1;
    if (row >= 0) rows.reveal(row);
    change({ span: spanId, query: "", errorsOnly: false });
    setInspectorOpen(true);
  };
  const at = (row: number) => rows.visible.rows[row];
  const move = (step: number) => {
    const index = indexOfRow(rows.visible, cursor);
    const target = index < 0 ? 0 : Math.max(0, Math.min(rows.visible.count - 1, index + step));
    const row = at(target);
    if (row !== undefined) select(row);
  };
  const sideways = (direction: "left" | "right") => {
    if (!trace || cursor < 0) return;
    const result = horizontalMove(trace, rows.collapsed, cursor, direction, rows.filter !== null);
    if (result?.kind === "toggle") rows.toggle(result.row);
    else if (result) select(result.row);
  };
  const goToError = (step: 1 | -1) => {
    const row = trace ? nextError(trace, cursor, step) : -1;
    if (row < 0) return;
    rows.reveal(row);
    if (rows.filter && rows.filter.keep[row] === 0) change({ query: "" });
    select(row);
  };
  const onListKey = (event: KeyboardEvent) => {
    const wanted =
      event.ctrlKey || event.metaKey || event.altKey ? null : listMove(event.key, board.current?.pageRows() ?? 10);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.kind === "move") move(wanted.by);
    else if (wanted.kind === "sideways") sideways(wanted.direction);
    else {
      const row = at(wanted.place === "first" ? 0 : rows.visible.count - 1);
      if (row !== undefined) select(row);
    }
  };
  const onSearchKey = (event: ReactKeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      change({ query: "" });
      board.current?.focus();
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      const row = rows.filter ? nextHit(rows.filter.hits, cursor, event.shiftKey ? -1 : 1) : -1;
      if (row >= 0) select(row);
      if (event.key === "ArrowDown") board.current?.focus();
    }
  };
  const escape = () => {
    if (state.query !== "" || state.errorsOnly) change({ query: "", errorsOnly: false });
    else if (isInspectorOpen) setInspectorOpen(false);
    else change({ span: null });
  };
  useViewerKeys({
    move,
    sideways,
    openInspector: () => setInspectorOpen(true),
    search: () => search.current?.focus(),
    toggleErrors: () => change({ errorsOnly: !state.errorsOnly, view: "tree" }),
    nextError: goToError,
    setAll: rows.setAll,
    escape,
    replay: () => replayReason === null && setReplaying({}),
    replayFrom: replayFrom.reason === null ? replayFrom.open : null,
    compare: compare ? () => router.push(compare) : null,
    neighbours,
  });

  return (
    <div className="flex min-h-0 grow flex-col" data-run-status={run.status}>
      <KindSprite />
      <RunHeader
        run={run}
        trace={trace}
        workspaceSlug={workspaceSlug}
        replayReason={replayReason}
        controlDenied={controlDenied}
        lineageVersion={submitted}
        fix={fixOf(trace && run.error?.spanId ? rowOfId(trace, run.error.spanId) : -1, run.error?.nodeId ?? null)}
        onReplay={() => setReplaying({})}
        onCancel={() => setCancelling(true)}
        onReschedule={() => setRescheduling(true)}
        onJump={jump}
      />
      <ApprovalPanel
        className="border-b border-line px-3 py-2"
        workspaceSlug={workspaceSlug}
        run={run}
        decide={actions.decide}
        denied={controlDenied}
        onDecided={refresh}
      />
      <TraceToolbar
        state={state}
        count={trace?.count ?? 0}
        hits={rows.filter ? rows.filter.hits.length : null}
        errors={rows.errors}
        isZoomed={zoom !== null}
        isInspectorOpen={isInspectorOpen}
        searchRef={search}
        onChange={change}
        onSearchKey={onSearchKey}
        onCollapseAll={rows.setAll}
        onResetZoom={() => setZoom(null)}
        onToggleInspector={() => setInspectorOpen(!isInspectorOpen)}
      />
      <TracePanes
        run={run}
        trace={trace}
        error={error}
        onRetry={retry}
        rows={rows}
        cursor={cursor}
        state={state}
        detail={detail}
        spanOf={spanOf}
        bounds={bounds}
        zoom={zoom}
        nowMs={nowMs}
        workspaceSlug={workspaceSlug}
        isInspectorOpen={isInspectorOpen}
        boardRef={board}
        onSelect={(row) => {
          select(row);
          if (isWideEnough()) setInspectorOpen(true);
        }}
        onOpen={(row) => {
          select(row);
          setInspectorOpen(true);
        }}
        onZoom={setZoom}
        onListKey={onListKey}
        onTab={(tab) => change({ tab })}
        replayFromRow={replayFromRow}
        fix={fixOf(cursor, trace && cursor >= 0 ? (trace.nodeIds[trace.node[cursor] ?? -1] ?? null) : null)}
        onCloseInspector={() => {
          setInspectorOpen(false);
          board.current?.focus();
        }}
      />
      <ReplayDialog
        open={replaying !== null}
        onOpenChange={(isOpen) => setReplaying(isOpen ? {} : null)}
        preset={replaying ?? undefined}
        innerSteps={innerSteps}
        run={run}
        workspaceSlug={workspaceSlug}
        actions={actions}
        environments={environments}
        onSubmitted={() => setSubmitted((count) => count + 1)}
      />
      {suggesting ? (
        <Suspense>
          <SuggestFixDialog
            workspaceSlug={workspaceSlug}
            runId={run.id}
            step={suggesting}
            fixId={suggesting.fixId}
            actions={actions}
            denied={editDenied}
            onClose={() => setSuggesting(null)}
            onAccepted={(preset) => {
              setSuggesting(null);
              setReplaying(preset);
            }}
          />
        </Suspense>
      ) : null}
      <CancelRunDialog
        workspaceSlug={workspaceSlug}
        run={isCancelling ? run : null}
        cancel={actions.cancel}
        onClose={() => setCancelling(false)}
        onCancelled={refresh}
      />
      <RescheduleDialog
        run={isRescheduling ? run : null}
        reschedule={actions.reschedule}
        onClose={() => setRescheduling(false)}
        onRescheduled={refresh}
      />
    </div>
  );
}

/** Below this the inspector covers rows; there it opens on Enter or a double click, not with every selection. */
const wideEnough = "(min-width: 1024px)";
function isWideEnough(): boolean {
  return matchMedia(wideEnough).matches;
}

/** Open from the start where there is room for it, or when the address names a span; then as the person leaves it. */
function useInspectorOpen(hasSpan: boolean): [boolean, (isOpen: boolean) => void] {
  const [chosen, setChosen] = useState<boolean | null>(hasSpan ? true : null);
  const isWide = useSyncExternalStore(watchWidth, isWideEnough, () => false);
  return [chosen ?? isWide, setChosen];
}

function watchWidth(watcher: () => void): () => void {
  const query = matchMedia(wideEnough);
  query.addEventListener("change", watcher);
  return () => query.removeEventListener("change", watcher);
}

/** `?replay=1` opens the dialog once, on what the address says, when the run may be replayed. */
function useReplayFromAddress(isAllowed: boolean, open: (preset: ReplayPreset) => void): void {
  const preset = presetOf(useSearchParams());
  const done = useRef(false);
  useEffect(() => {
    if (!preset || !isAllowed || done.current) return;
    done.current = true;
    open(preset);
  });
}

/** `?fix=run_…` opens the suggestion that this run made, once. */
function useFixFromAddress(open: (fixId: string) => void): void {
  const fixId = useSearchParams().get("fix");
  const done = useRef(false);
  useEffect(() => {
    if (fixId === null || done.current) return;
    done.current = true;
    open(fixId);
  });
}

/** Changes when the selected row does: its body is then read again. */
function rowVersion(trace: TraceColumns | null, row: number): string {
  return trace && row >= 0 ? `${statusAt(trace, row)} ${trace.attempt[row]} ${trace.size[row]}` : "";
}

/** Ids of the rows just below and above, whose bodies are fetched ahead. */
function useNeighbours(trace: TraceColumns | null, rows: Rows, cursor: number): readonly string[] {
  return useMemo(() => {
    const index = indexOfRow(rows.visible, cursor);
    if (!trace || index < 0) return [];
    const around = [rows.visible.rows[index + 1], rows.visible.rows[index - 1]];
    return around
      .filter((row): row is number => row !== undefined && (trace.durationMs[row] ?? -1) >= 0)
      .map((row) => idAt(trace, row))
      .filter((id) => id !== null);
  }, [trace, rows.visible, cursor]);
}
