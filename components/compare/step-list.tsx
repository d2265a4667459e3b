"use client";

import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { KindIcon } from "#/components/trace/kind-sprite.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { StatusDot } from "#/components/ui/status-dot.tsx";
import { statusTone } from "#/components/runs/run-words.ts";
import type { ComparedStep, ComparedStepSide } from "#/lib/contract/compare.ts";
import { type SpanKind, type SpanStatus, spanKinds } from "#/lib/contract/status.ts";
import type { Tone } from "#/components/ui/tones.ts";
import { differenceLabel, rowSpan, rowState, stepName, type RowState } from "./compare-rows.ts";
import { SideMark } from "./side-mark.tsx";

const rowHeight = 32;
/** Rows kept beyond the visible ones, so that a quick scroll shows no blank. */
const overscan = 12;

const marks: Record<RowState, { sign: string; said: string; ink: string }> = {
  same: { sign: "=", said: "same", ink: "text-ink-subtle" },
  changed: { sign: "≠", said: "differs", ink: "text-warning" },
  onlyA: { sign: "−", said: "only in A", ink: "text-danger" },
  onlyB: { sign: "+", said: "only in B", ink: "text-success" },
};

/** Titles of nodes in the version of either run. */
export type NodeTitles = { a: ReadonlyMap<string, string>; b: ReadonlyMap<string, string> };

/** Both runs' steps side by side, with gaps where one has none. Only visible rows exist, however many there are. */
export function StepList({
  steps,
  rows,
  selected,
  firstDivergence,
  titles,
  onSelect,
}: {
  steps: readonly ComparedStep[];
  /** Indexes into steps, in the order shown. */
  rows: readonly number[];
  selected: number;
  firstDivergence: number | null;
  titles: NodeTitles;
  onSelect: (index: number) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const { from, to, isMeasured } = useWindow(box, rows.length);
  const place = rows.indexOf(selected);
  useEffect(() => reveal(box.current, place), [place]);
  const move = (target: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, target))];
    if (row !== undefined) onSelect(row);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = moveTarget(event.key, place, rows.length, pageRows(box.current));
    if (target === null || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move(target);
  };
  return (
    <div className="flex min-h-0 min-w-0 flex-col">
      <div
        aria-hidden
        className="grid h-8 shrink-0 grid-cols-[28px_minmax(0,1fr)_minmax(0,1fr)] items-center border-b border-line bg-surface text-sm text-ink-subtle sm:grid-cols-[28px_minmax(0,1fr)_minmax(0,1fr)_minmax(0,140px)]"
      >
        <span />
        <SideMark side="A" />
        <SideMark side="B" />
        <span className="hidden sm:block">Differs in</span>
      </div>
      <div
        ref={box}
        role="listbox"
        aria-label="Steps of both runs"
        aria-busy={!isMeasured}
        tabIndex={0}
        aria-activedescendant={place >= from && place < to ? optionId(selected) : undefined}
        onKeyDown={onKeyDown}
        onClick={(event) => {
          const option = event.target instanceof Element ? event.target.closest<HTMLElement>("[role='option']") : null;
          if (option) onSelect(Number(option.dataset["index"]));
        }}
        className="relative min-h-0 grow overflow-auto overscroll-contain [scrollbar-width:thin] focus-visible:-outline-offset-2"
      >
        <div role="presentation" style={{ height: rows.length * rowHeight }} className="relative">
          {rows.slice(from, to).map((index, offset) => (
            <Row
              key={index}
              step={steps[index] as ComparedStep}
              index={index}
              position={from + offset}
              count={rows.length}
              isSelected={index === selected}
              isFirst={index === firstDivergence}
              titles={titles}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

function Row({
  step,
  index,
  position,
  count,
  isSelected,
  isFirst,
  titles,
}: {
  step: ComparedStep;
  index: number;
  position: number;
  count: number;
  isSelected: boolean;
  isFirst: boolean;
  titles: NodeTitles;
}) {
  const mark = marks[rowState(step)];
  return (
    // The list has the focus and the keys; a row is only ever clicked.
    <div
      id={optionId(index)}
      role="option"
      aria-selected={isSelected}
      aria-posinset={position + 1}
      aria-setsize={count}
      data-index={index}
      data-step={rowSpan(step)}
      data-state={rowState(step)}
      data-first-divergence={isFirst || undefined}
      style={{ top: position * rowHeight, height: rowHeight }}
      className={cn(
        "absolute inset-x-0 grid cursor-default grid-cols-[28px_minmax(0,1fr)_minmax(0,1fr)] items-center border-b border-line hover:bg-hover sm:grid-cols-[28px_minmax(0,1fr)_minmax(0,1fr)_minmax(0,140px)]",
        isFirst && "shadow-[inset_3px_0_var(--warning)]",
        isSelected && "bg-selected hover:bg-selected",
      )}
    >
      <span className={cn("text-center font-mono", mark.ink)}>
        <span aria-hidden>{mark.sign}</span>
        <span className="sr-only">
          {isFirst ? "first divergence, " : ""}
          {mark.said}
        </span>
      </span>
      <Side side={step.a} titles={titles.a} />
      <Side side={step.b} titles={titles.b} />
      <span className="hidden truncate pr-2 text-sm text-ink-muted sm:block">
        {isFirst ? (
          <span className="font-medium text-warning">first divergence{step.differences.length > 0 ? " · " : ""}</span>
        ) : null}
        {step.differences.map((difference) => differenceLabel[difference]).join(", ")}
      </span>
    </div>
  );
}

function Side({ side, titles }: { side: ComparedStepSide | null; titles: ReadonlyMap<string, string> }) {
  if (side === null)
    return (
      <span className="mr-2 flex h-5 items-center">
        <span aria-hidden className="h-px grow border-t border-dashed border-line-strong" />
        <span className="sr-only">no matching step</span>
      </span>
    );
  const { name, id, depth } = stepName(side, titles);
  return (
    <span
      className="flex min-w-0 items-center gap-1.5 pr-2"
      title={side.key}
      style={{ paddingLeft: Math.min(depth, 6) * 12 }}
    >
      <StatusDot tone={spanTone(side.status)} active={side.status === "running"} className="size-1.5" />
      {isKind(side.type) ? <KindIcon kind={side.type} /> : null}
      <span className={cn("truncate", side.status === "skipped" && "text-ink-subtle")}>{name}</span>
      {id === null ? null : <span className="shrink-[1000] truncate font-mono text-xs text-ink-subtle">{id}</span>}
    </span>
  );
}

export function spanTone(status: SpanStatus): Tone {
  return status === "skipped" ? "neutral" : statusTone[status];
}

function isKind(type: string): type is SpanKind {
  return (spanKinds as readonly string[]).includes(type);
}

function optionId(index: number): string {
  return `compared-step-${index}`;
}

function pageRows(box: HTMLElement | null): number {
  return Math.max(1, Math.floor((box?.clientHeight ?? 0) / rowHeight) - 1);
}

function moveTarget(key: string, place: number, count: number, page: number): number | null {
  if (key === "ArrowDown") return place + 1;
  if (key === "ArrowUp") return place < 0 ? 0 : place - 1;
  if (key === "PageDown") return place + page;
  if (key === "PageUp") return place - page;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}

function reveal(box: HTMLElement | null, place: number): void {
  if (!box || place < 0) return;
  const top = place * rowHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
}

/** The visible rows. Before the first measurement, as many as a tall screen holds. */
function useWindow(box: React.RefObject<HTMLDivElement | null>, count: number) {
  const [view, setView] = useState({ top: 0, height: 1200, isMeasured: false });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight, isMeasured: true });
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [box]);
  const from = Math.max(0, Math.min(count, Math.floor(view.top / rowHeight)) - overscan);
  const to = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + overscan);
  return { from, to, isMeasured: view.isMeasured };
}
