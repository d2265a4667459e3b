"use client";

import { RotateCcw } from "lucide-react";
import { useEffect, useMemo, useRef, type KeyboardEvent } from "react";
import { versionQuery } from "#/components/data/workspace-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import { EffectBadge } from "#/components/runs/effect-badge.tsx";
import { IconButton } from "#/components/ui/icon-button.tsx";
import { Button } from "#/components/ui/button.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { ErrorState } from "#/components/ui/error-state.tsx";
import { formatCount, formatDuration } from "#/components/ui/format.ts";
import { StatusDot } from "#/components/ui/status-dot.tsx";
import type { Run } from "#/lib/contract/run.ts";
import type { SpanKind } from "#/lib/contract/status.ts";
import type { WorkflowDefinition } from "#/lib/workflows/definition.ts";
import { storedDefinition } from "#/lib/workflows/stored-definition.ts";
import { placedNodes } from "#/lib/workflows/node-walk.ts";
import {
  boxHeight,
  layoutGraph,
  moveInGraph,
  type GraphBox,
  type GraphLayout,
  type GraphMove,
} from "./graph-layout.ts";
import { nodeOf, nodeStates, type NodeState } from "./graph-states.ts";
import { KindIcon } from "./kind-sprite.tsx";
import { LoadingRows } from "./loading-rows.tsx";
import type { ReplayFrom } from "./span-menu.tsx";
import { spanTone } from "./span-overview.tsx";
import { kindLabels, type TraceColumns } from "./trace-columns.ts";

type GraphProps = {
  run: Run;
  trace: TraceColumns;
  workspaceSlug: string;
  cursor: number;
  onSelect: (row: number) => void;
  replayFromRow: (row: number) => ReplayFrom;
};

/** The nodes of the run's version and how each went: the third view, with the same cursor. */
export function GraphView(props: GraphProps) {
  const { run, workspaceSlug } = props;
  const read = useRead(versionQuery(workspaceSlug, run.workflow.slug, run.version ?? 0), run.version !== null);
  const definition = read.data?.definition ?? null;
  const layout = useMemo(() => (definition ? layoutOf(storedDefinition(definition)) : null), [definition]);
  if (run.version === null)
    return <EmptyState title="No version yet">The run is waiting for its workflow version to be pushed.</EmptyState>;
  if (read.error !== null)
    return (
      <ErrorState
        title={`The graph of version ${run.version} cannot be shown`}
        action={<Button onClick={read.retry}>Try again</Button>}
      >
        {read.error}
      </ErrorState>
    );
  if (!layout)
    return (
      <div role="status" aria-label="Loading the graph">
        <LoadingRows />
      </div>
    );
  return <Graph {...props} layout={layout} />;
}

function layoutOf(definition: WorkflowDefinition): GraphLayout {
  return layoutGraph(
    placedNodes(definition).map(({ node, inside }) => ({
      id: node.id,
      type: node.type,
      title: node.title ?? null,
      needs: node.needs ?? [],
      inside,
    })),
  );
}

const arrows: Record<string, GraphMove> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};
const marginPx = 24;

function Graph({ trace, cursor, layout, onSelect, replayFromRow }: GraphProps & { layout: GraphLayout }) {
  const host = useRef<HTMLDivElement>(null);
  const states = useMemo(() => nodeStates(trace), [trace]);
  const selected = cursor >= 0 ? nodeOf(trace, cursor) : null;
  const isKnown = layout.boxes.some(({ node }) => node.id === selected);
  const entry = isKnown ? selected : layout.boxes[0]?.node.id;
  useEffect(() => {
    if (selected !== null) boxOf(host.current, selected)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [selected]);

  const onArrow = (event: KeyboardEvent, from: string) => {
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : arrows[event.key];
    if (!move) return;
    event.preventDefault();
    const next = moveInGraph(layout.boxes, from, move);
    if (next === null) return;
    boxOf(host.current, next)?.focus();
    const state = states.get(next);
    if (state) onSelect(state.row);
  };

  return (
    <div
      ref={host}
      data-own-arrows
      role="group"
      aria-label="Graph of the version's nodes"
      className="h-full overflow-auto"
    >
      <div
        className="relative mx-auto"
        style={{ width: layout.width + 2 * marginPx, height: layout.height + 2 * marginPx }}
      >
        <svg
          aria-hidden
          className="pointer-events-none absolute inset-0 size-full"
          viewBox={`${-marginPx} ${-marginPx} ${layout.width + 2 * marginPx} ${layout.height + 2 * marginPx}`}
        >
          <defs>
            <marker id="graph-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M 0 0 L 8 4 L 0 8 z" fill="var(--line-strong)" />
            </marker>
          </defs>
          {layout.edges.map(({ from, to, path }) => (
            <path
              key={`${from} ${to}`}
              d={path}
              fill="none"
              stroke="var(--line-strong)"
              strokeWidth={1.5}
              strokeDasharray={states.has(to) ? undefined : "4 4"}
              markerEnd="url(#graph-arrow)"
            />
          ))}
        </svg>
        {layout.boxes.map((box) => (
          <NodeBox
            key={box.node.id}
            box={box}
            state={states.get(box.node.id) ?? null}
            isSelected={box.node.id === selected}
            isEntry={box.node.id === entry}
            onArrow={onArrow}
            onSelect={onSelect}
            // The selected row may be another item than the one that the box shows.
            replayFrom={box.node.id === selected ? replayFromRow(cursor) : null}
          />
        ))}
      </div>
    </div>
  );
}

function boxOf(host: HTMLElement | null, id: string): HTMLElement | null {
  return host?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`) ?? null;
}

function NodeBox({
  box,
  state,
  isSelected,
  isEntry,
  onArrow,
  onSelect,
  replayFrom,
}: {
  box: GraphBox;
  state: NodeState | null;
  isSelected: boolean;
  /** The one that Tab reaches; arrows lead on from it. */
  isEntry: boolean;
  onArrow: (event: KeyboardEvent, from: string) => void;
  onSelect: (row: number) => void;
  /** Only for the selected node. */
  replayFrom: ReplayFrom | null;
}) {
  const { node } = box;
  const holds = box.height > boxHeight;
  return (
    <>
      {holds ? (
        <div
          aria-hidden
          className="pointer-events-none absolute rounded-lg border border-dashed border-line-strong"
          style={{ left: box.x + marginPx, top: box.y + marginPx, width: box.width, height: box.height }}
        />
      ) : null}
      <button
        type="button"
        data-node={node.id}
        data-status={state?.status ?? "not started"}
        tabIndex={isEntry ? 0 : -1}
        aria-pressed={isSelected}
        aria-disabled={state === null || undefined}
        title={node.title ?? node.id}
        onClick={() => state && onSelect(state.row)}
        onKeyDown={(event) => onArrow(event, node.id)}
        className={cn(
          "absolute flex flex-col justify-center gap-0.5 rounded-md border px-2.5 text-left",
          state === null ? "border-dashed border-line-strong bg-canvas" : "border-line-strong bg-raised hover:bg-hover",
          state?.status === "failed" && "border-danger",
          isSelected && "border-accent bg-selected outline-1 outline-accent",
        )}
        style={{ left: box.x + marginPx, top: box.y + marginPx, width: box.width, height: boxHeight }}
      >
        <span className="flex w-full min-w-0 items-center gap-1.5">
          <KindIcon kind={node.type as SpanKind} />
          <span className={cn("truncate font-medium", state === null && "text-ink-muted")}>{node.id}</span>
          <span className="sr-only">{kindLabels[node.type as SpanKind] ?? node.type}</span>
        </span>
        <span className="tabular flex w-full min-w-0 items-center gap-1.5 text-sm text-ink-muted">
          {state === null ? (
            "not started"
          ) : (
            <>
              <StatusDot tone={spanTone[state.status]} active={state.status === "running"} />
              <span className="truncate">
                {state.status}
                {state.count > 1 ? ` ×${formatCount(state.count)}` : ""}
                {state.durationMs === null || state.status === "skipped" || state.effect
                  ? ""
                  : ` ${formatDuration(state.durationMs)}`}
              </span>
              {state.effect ? <EffectBadge verdict={state.effect} /> : null}
            </>
          )}
        </span>
      </button>
      {replayFrom === null || replayFrom.path === null || replayFrom.reason !== null ? null : (
        <IconButton
          label={`Replay from here (${replayFrom.path})`}
          keys="shift+r"
          icon={<RotateCcw aria-hidden />}
          onClick={replayFrom.open}
          className="absolute size-6 [&_svg]:size-3.5"
          style={{ left: box.x + marginPx + box.width - 28, top: box.y + marginPx + 4 }}
        />
      )}
    </>
  );
}
