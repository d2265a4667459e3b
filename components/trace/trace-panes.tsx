"use client";

import { useEffect, useRef, useState, type Ref } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { ErrorState } from "#/components/ui/error-state.tsx";
import { formatTimestamp } from "#/components/ui/format.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { GraphView } from "./graph-view.tsx";
import type { InspectorTab } from "./inspector-tabs.ts";
import { Inspector, type ReplayFrom } from "./inspector.tsx";
import { LoadingRows } from "./loading-rows.tsx";
import type { RequestError } from "#/components/data/request.ts";
import type { SpanQueryOf } from "#/components/data/run-reads.ts";
import { Splitter } from "./splitter.tsx";
import type { TimeWindow } from "./time-scale.ts";
import { TraceBoard, type BoardHandle } from "./trace-board.tsx";
import type { TraceColumns } from "./trace-columns.ts";
import type { StepFix } from "./fix-actions.tsx";
import { Transcript } from "./transcript.tsx";
import type { ViewerState } from "./url-state.ts";
import { useKeptNumber } from "./use-kept-number.ts";
import type { Rows } from "./use-rows.ts";
import type { SpanDetailState } from "./use-span-detail.ts";

type PanesProps = {
  run: Run;
  trace: TraceColumns | null;
  error: RequestError | null;
  onRetry: () => void;
  rows: Rows;
  cursor: number;
  state: ViewerState;
  detail: SpanDetailState;
  spanOf: SpanQueryOf;
  bounds: TimeWindow;
  zoom: TimeWindow | null;
  nowMs: number;
  workspaceSlug: string;
  isInspectorOpen: boolean;
  boardRef: Ref<BoardHandle>;
  onSelect: (row: number) => void;
  onOpen: (row: number) => void;
  onZoom: (zoom: TimeWindow | null) => void;
  onListKey: (event: KeyboardEvent) => void;
  onTab: (tab: InspectorTab) => void;
  onCloseInspector: () => void;
  /** "Replay from here" for a row. */
  replayFromRow: (row: number) => ReplayFrom;
  fix: StepFix;
};

const leastInspector = 280;
const leastRows = 320;

/** Rows and inspector: side by side where there is room, below each other on narrow screens. */
export function TracePanes(props: PanesProps) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [inspectorWidth, setInspectorWidth] = useKeptNumber("trace-inspector-width", 420);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const isNarrow = width > 0 && width < leastRows + leastInspector + 120;
  const most = Math.max(leastInspector, width - leastRows);
  const shownWidth = Math.max(leastInspector, Math.min(most, inspectorWidth));
  return (
    <div ref={host} className={isNarrow ? "flex min-h-[26rem] grow flex-col" : "flex min-h-[18rem] grow"}>
      <div className="relative min-h-0 min-w-0 flex-1 basis-0 overflow-hidden">
        <RowsPane {...props} />
      </div>
      {props.isInspectorOpen && !isNarrow ? (
        <Splitter
          label="Width of the inspector"
          value={shownWidth}
          min={leastInspector}
          max={most}
          direction={-1}
          onChange={setInspectorWidth}
        />
      ) : null}
      {props.isInspectorOpen ? (
        <div
          className={isNarrow ? "h-[55%] shrink-0 border-t border-line-strong" : "min-h-0 shrink-0"}
          style={isNarrow ? undefined : { width: shownWidth }}
        >
          <Inspector
            run={props.run}
            trace={props.trace}
            row={props.cursor}
            state={props.detail}
            tab={props.state.tab}
            spanOf={props.spanOf}
            workspaceSlug={props.workspaceSlug}
            onTab={props.onTab}
            onSelect={props.onSelect}
            onClose={props.onCloseInspector}
            replayFromRow={props.replayFromRow}
            fix={props.fix}
          />
        </div>
      ) : null}
    </div>
  );
}

function RowsPane({ boardRef, ...props }: PanesProps) {
  const { run, trace, error, rows, state } = props;
  if (!trace && error)
    return (
      <ErrorState
        title="The trace could not be read"
        reference={error.requestId ?? undefined}
        action={<Button onClick={props.onRetry}>Try again</Button>}
      >
        {error.message}
      </ErrorState>
    );
  if (!trace)
    return (
      <div role="status" aria-label="Loading the trace">
        <LoadingRows />
      </div>
    );
  if (trace.count === 0) return <NoRows run={run} />;
  return (
    <div className="flex h-full min-h-0 flex-col">
      {error ? (
        <Callout
          kind="warning"
          className="m-2"
          action={
            <Button size="sm" onClick={props.onRetry}>
              Try again
            </Button>
          }
        >
          The newest changes could not be read. {error.message}
        </Callout>
      ) : null}
      <div className="relative min-h-0 grow">
        {rows.filter?.hits.length === 0 ? (
          <p className="pointer-events-none absolute inset-x-0 top-24 z-10 px-4 text-center text-ink-muted">
            No span matches. Press Esc to show all.
          </p>
        ) : null}
        {state.view === "transcript" ? (
          <Transcript trace={trace} spanOf={props.spanOf} cursor={props.cursor} onSelect={props.onSelect} />
        ) : state.view === "graph" ? (
          <GraphView
            run={run}
            trace={trace}
            workspaceSlug={props.workspaceSlug}
            cursor={props.cursor}
            onSelect={props.onSelect}
            replayFromRow={props.replayFromRow}
          />
        ) : (
          <TraceBoard
            ref={boardRef}
            trace={trace}
            visible={rows.visible}
            collapsed={rows.collapsed}
            filter={rows.filter}
            needle={rows.needle}
            cursor={props.cursor}
            bounds={props.bounds}
            zoom={props.zoom}
            nowMs={props.nowMs}
            onSelect={props.onSelect}
            onToggle={rows.toggle}
            onOpen={props.onOpen}
            onZoom={props.onZoom}
            onKey={props.onListKey}
          />
        )}
      </div>
    </div>
  );
}

function NoRows({ run }: { run: Run }) {
  if (!isFinal(run.status))
    return (
      <EmptyState title="Waiting for the first step">
        {run.status !== "pending"
          ? "Steps appear here as they start."
          : run.statusReason === "delayed"
            ? `The run is delayed until ${formatTimestamp(run.startAt)}.`
            : "The run is queued. Steps appear here as soon as a worker takes it."}
      </EmptyState>
    );
  return (
    <EmptyState title="No step was executed">
      The run ended before its first step{run.error ? `: ${run.error.message}` : "."}
    </EmptyState>
  );
}
