"use client";

import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type CSSProperties, type Ref } from "react";
import type { RowScene } from "./row-element.ts";
import styles from "./row-list.module.css";
import { RowList } from "./row-list.ts";
import type { RowFilter } from "./search-rows.ts";
import { Splitter } from "./splitter.tsx";
import { panBy, zoomAround, type TimeWindow } from "./time-scale.ts";
import { TimeStrip } from "./time-strip.ts";
import { idAt, type TraceColumns } from "./trace-columns.ts";
import { useKeptNumber } from "./use-kept-number.ts";
import type { Collapsed, VisibleRows } from "./visible-rows.ts";

export type BoardHandle = {
  focus: () => void;
  reveal: (row: number) => void;
  /** Rows of one page, for Page Up and Page Down. */
  pageRows: () => number;
};

type BoardProps = {
  trace: TraceColumns;
  visible: VisibleRows;
  collapsed: Collapsed;
  filter: RowFilter | null;
  needle: string;
  cursor: number;
  bounds: TimeWindow;
  zoom: TimeWindow | null;
  /** ms since run start at which running spans end now. */
  nowMs: number;
  onSelect: (row: number) => void;
  onToggle: (row: number) => void;
  onOpen: (row: number) => void;
  onZoom: (zoom: TimeWindow | null) => void;
  /** A key pressed while the list has the focus. */
  onKey: (event: KeyboardEvent) => void;
};

const narrowBoard = 560;
const leastTree = 180;
const leastBars = 120;
/** Part of the board that the tree takes until someone moves the splitter, and the width at which it shows all columns. */
const defaultShare = 58;
/** The tree takes at most this percentage to show all columns; the bars keep the rest. */
const mostTreeShare = 65;
const treeWithAllColumns = 420;
const treeWithCost = 360;

/** Tree and waterfall on one list of rows. React owns the frame; rows, minimap and ruler are drawn imperatively. */
export function TraceBoard({ ref, ...props }: BoardProps & { ref?: Ref<BoardHandle> }) {
  const { trace, visible, collapsed, filter, needle, cursor, bounds, zoom, nowMs } = props;
  const listHost = useRef<HTMLDivElement>(null);
  const stripHost = useRef<HTMLDivElement>(null);
  const list = useRef<RowList>(null);
  const strip = useRef<TimeStrip>(null);
  const events = useRef(props);
  const [width, setWidth] = useState(0);
  const [share, setShare] = useKeptNumber("trace-tree-share", 0);
  const window = zoom ?? bounds;

  useLayoutEffect(() => {
    events.current = props;
  });

  useLayoutEffect(() => {
    const host = listHost.current;
    if (!host || !stripHost.current) return;
    const times = new TimeStrip(stripHost.current, (next) => events.current.onZoom(next));
    const rows = new RowList(host, {
      onSelect: (row) => events.current.onSelect(row),
      onToggle: (row) => events.current.onToggle(row),
      onOpen: (row) => events.current.onOpen(row),
      onKey: (event) => events.current.onKey(event),
      onView: (first, last, count) => times.markView(first / Math.max(1, count), last / Math.max(1, count)),
    });
    list.current = rows;
    strip.current = times;
    const observer = new ResizeObserver(() => setWidth(host.clientWidth));
    observer.observe(host);
    setWidth(host.clientWidth);
    return () => {
      observer.disconnect();
      rows.destroy();
      times.destroy();
      list.current = null;
      strip.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    const scene: RowScene = {
      trace,
      window: events.current.zoom ?? events.current.bounds,
      nowMs: events.current.nowMs,
      cursor: events.current.cursor,
      needle,
      isHit: filter ? (row) => filter.keep[row] === 2 : null,
      isCollapsed: (row) => filter === null && collapsed[row] === 1,
    };
    list.current?.show(scene, visible);
  }, [trace, visible, collapsed, filter, needle]);

  useLayoutEffect(() => {
    list.current?.retime(window, nowMs);
    strip.current?.show(trace, bounds, window, nowMs);
  }, [trace, bounds, window, nowMs]);

  useLayoutEffect(() => {
    list.current?.setCursor(cursor, false);
  }, [cursor, visible]);

  // Scrolls when another span is chosen or the filter changed, not when a growing run shifts the rows.
  const cursorId = idAt(trace, cursor);
  useLayoutEffect(() => {
    list.current?.reveal(events.current.cursor);
  }, [cursorId, filter]);

  useWheelZoom(listHost, events);

  useImperativeHandle(ref, () => ({
    focus: () => list.current?.focus(),
    reveal: (row) => list.current?.reveal(row),
    pageRows: () => list.current?.pageRows ?? 10,
  }));

  const hasBars = width === 0 || width >= narrowBoard;
  const wantedTree = share > 0 ? (width * share) / 100 : defaultTree(width);
  const treePx = Math.max(leastTree, Math.min(width - leastBars, wantedTree));
  const columns = treePx >= treeWithAllColumns || !hasBars ? 3 : treePx >= treeWithCost ? 2 : 1;
  const treeWidth = hasBars ? (width === 0 ? `${share || defaultShare}%` : `${treePx}px`) : "100%";
  return (
    <div
      className={`${styles["root"]} flex flex-col`}
      style={{ "--tree-width": treeWidth } as CSSProperties}
      data-columns={hasBars ? columns : width >= 420 ? 2 : 1}
      data-bars={hasBars ? "on" : "off"}
    >
      <div className="flex shrink-0 border-b border-line bg-surface">
        <div
          className="flex shrink-0 items-end overflow-hidden pr-2.5 pl-7 text-xs text-ink-subtle"
          style={{ width: "var(--tree-width)" }}
          aria-hidden
        >
          <span className="grow leading-5">Span</span>
          {columnHeads.map(({ column, label }) => (
            <span key={column} data-column={column} className={`${styles["number"]} leading-5`}>
              {label}
            </span>
          ))}
        </div>
        <div
          ref={stripHost}
          aria-hidden
          title="Drag to zoom, double-click to show the whole run"
          className={hasBars ? "relative min-w-0 grow overflow-hidden" : "hidden"}
        />
      </div>
      <div className="relative min-h-0 grow">
        <div ref={listHost} className="absolute inset-0" />
        {hasBars && width > 0 ? (
          <div className="pointer-events-none absolute inset-y-0 left-0 flex" style={{ width: treePx }}>
            <span className="grow" />
            <Splitter
              label="Width of the tree"
              value={treePx}
              min={leastTree}
              max={width - leastBars}
              direction={1}
              onChange={(px) => setShare((px / width) * 100)}
              className="pointer-events-auto"
            />
          </div>
        ) : null}
      </div>
    </div>
  );
}

/** Wide enough for all columns where the bars can spare it. */
function defaultTree(width: number): number {
  return Math.min((width * mostTreeShare) / 100, Math.max(treeWithAllColumns, (width * defaultShare) / 100));
}

const columnHeads = [
  { column: "tokens", label: "Tokens" },
  { column: "cost", label: "Cost" },
  { column: "duration", label: "Duration" },
];

/** Ctrl + wheel (or a pinch) zooms around the pointer, Shift + wheel or a sideways swipe moves along the time axis. */
function useWheelZoom(host: React.RefObject<HTMLDivElement | null>, events: React.RefObject<BoardProps>): void {
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      const { bounds, zoom, onZoom } = events.current;
      const bars = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-column='bars']") : null;
      if (!bars) return;
      const window = zoom ?? bounds;
      const box = bars.getBoundingClientRect();
      const msPerPx = (window.to - window.from) / Math.max(1, box.width);
      const sideways =
        event.deltaX !== 0 && Math.abs(event.deltaX) > Math.abs(event.deltaY)
          ? event.deltaX
          : event.shiftKey
            ? event.deltaY
            : 0;
      if (!event.ctrlKey && (sideways === 0 || zoom === null)) return;
      event.preventDefault();
      const next = event.ctrlKey
        ? zoomAround(window, window.from + (event.clientX - box.left) * msPerPx, Math.exp(event.deltaY / 300), bounds)
        : panBy(window, sideways * msPerPx, bounds);
      const isWhole = next.from <= bounds.from && next.to >= bounds.to;
      onZoom(isWhole ? null : next);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [host, events]);
}
