"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import { EffectBadge } from "#/components/runs/effect-badge.tsx";
import { Button } from "#/components/ui/button.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { formatDuration } from "#/components/ui/format.ts";
import { Skeleton } from "#/components/ui/skeleton.tsx";
import type { SpanDetail } from "#/lib/contract/run.ts";
import { chatOf, type ChatItem } from "./chat-messages.ts";
import { Call, ChatEntry } from "./chat-view.tsx";
import { KindIcon } from "./kind-sprite.tsx";
import type { SpanQueryOf } from "#/components/data/run-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import {
  idAt,
  kindAt,
  kindLabels,
  modelAt,
  rowName,
  shownEffect,
  statusAt,
  type TraceColumns,
} from "./trace-columns.ts";
import { callsAreRows, isFirstTurn, transcriptIndex, transcriptRows } from "./transcript-rows.ts";

/** Entries drawn at once; more come in on demand at either end. */
const pageSize = 40;

/** The run as a conversation: what the agent saw, said and called. Bodies load as their entry comes near the view. */
export function Transcript({
  trace,
  spanOf,
  cursor,
  onSelect,
}: {
  trace: TraceColumns;
  spanOf: SpanQueryOf;
  cursor: number;
  onSelect: (row: number) => void;
}) {
  const rows = useMemo(() => transcriptRows(trace), [trace]);
  const at = transcriptIndex(trace, rows, cursor);
  const [range, setRange] = useState(() => rangeAround(at, rows.length));
  const isOutside = at >= 0 && (at < range.from || at >= range.to);
  const shown = isOutside ? rangeAround(at, rows.length) : range;
  if (isOutside) setRange(shown);
  const scroller = useRef<HTMLDivElement>(null);
  useEffect(() => {
    scroller.current?.querySelector("[data-current]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  if (rows.length === 0)
    return (
      <EmptyState title="No conversation in this run">
        No model was called and no tool used {trace.count === 0 ? "yet" : "here"}. The tree shows every step.
      </EmptyState>
    );
  const to = Math.min(rows.length, shown.to);
  return (
    <div
      ref={scroller}
      data-own-arrows
      tabIndex={0}
      role="region"
      aria-label="Transcript"
      className="relative h-full min-h-0 overflow-y-auto px-3 py-3 focus-visible:-outline-offset-2"
    >
      {shown.from > 0 ? (
        <Button size="sm" className="mb-3" onClick={() => setRange({ from: Math.max(0, shown.from - pageSize), to })}>
          Show earlier
        </Button>
      ) : null}
      <ol className="flex flex-col gap-3">
        {Array.from(rows.subarray(shown.from, to), (row, index) => (
          <Entry
            key={idAt(trace, row) ?? row}
            trace={trace}
            row={row}
            spanOf={spanOf}
            isCurrent={shown.from + index === at && cursor >= 0}
            onSelect={onSelect}
          />
        ))}
      </ol>
      {to < rows.length ? (
        <Button size="sm" className="mt-3" onClick={() => setRange({ from: shown.from, to: to + pageSize })}>
          Show later ({rows.length - to} more)
        </Button>
      ) : null}
    </div>
  );
}

function rangeAround(at: number, count: number): { from: number; to: number } {
  const from = Math.max(0, Math.min(at - pageSize / 2, count - pageSize));
  return { from, to: from + pageSize };
}

function Entry({
  trace,
  row,
  spanOf,
  isCurrent,
  onSelect,
}: {
  trace: TraceColumns;
  row: number;
  spanOf: SpanQueryOf;
  isCurrent: boolean;
  onSelect: (row: number) => void;
}) {
  const item = useRef<HTMLLIElement>(null);
  const spanId = idAt(trace, row);
  const kind = kindAt(trace, row);
  const status = statusAt(trace, row);
  const detail = useNearbyDetail(item, spanOf, spanId, status);
  const { name, called } = rowName(trace, row);
  const effect = shownEffect(trace, row);
  const duration = trace.durationMs[row] ?? -1;
  return (
    <li
      ref={item}
      data-current={isCurrent ? "" : undefined}
      className={cn("rounded-md border border-transparent p-2", isCurrent && "border-line-strong bg-surface")}
    >
      <button
        type="button"
        aria-current={isCurrent || undefined}
        onClick={() => onSelect(row)}
        className="mb-1 flex min-h-6 w-full min-w-0 items-center gap-1.5 rounded-sm text-left text-sm text-ink-subtle hover:text-ink"
      >
        <KindIcon kind={kind} />
        <span className="shrink-0">{kindLabels[kind]}</span>
        <span className="truncate font-medium text-ink">{name}</span>
        <span className="truncate font-mono text-xs">{called || modelAt(trace, row)}</span>
        <span className="grow" />
        {effect ? <EffectBadge verdict={effect} /> : null}
        <span className={cn("tabular shrink-0", status === "failed" && "text-danger")}>
          {status === "completed" ? formatDuration(duration < 0 ? null : duration) : status}
        </span>
      </button>
      {detail === "failed" ? (
        <p className="text-sm text-danger">This part could not be read. Select it to try again.</p>
      ) : detail ? (
        <EntryBody trace={trace} row={row} detail={detail} />
      ) : (
        <div className="flex flex-col gap-1.5 py-1">
          <Skeleton className="w-4/5" />
          <Skeleton className="w-3/5" />
        </div>
      )}
    </li>
  );
}

function EntryBody({ trace, row, detail }: { trace: TraceColumns; row: number; detail: SpanDetail }) {
  const kind = kindAt(trace, row);
  const error = detail.error ? <p className="text-danger">{detail.error.message}</p> : null;
  if (kind === "agent") return error;
  if (kind === "tool" || kind === "tool_call")
    return (
      <Call
        isHeaded
        name={detail.name}
        args={detail.input}
        result={
          detail.error
            ? { output: detail.error.message, isError: true }
            : detail.finishedAt
              ? { output: detail.output, isError: false }
              : null
        }
      />
    );
  if (kind === "wait" || kind === "workflow") return error;
  const chat = chatOf(detail);
  const said = callsAreRows(trace, row) ? chat.said.filter((item) => item.kind !== "call") : chat.said;
  const items: ChatItem[] = isFirstTurn(trace, row) || kind === "model" ? [...chat.seen, ...said] : said;
  return (
    <div className="flex flex-col gap-2">
      {items.map((item, at) => (
        <ChatEntry key={at} item={item} />
      ))}
      {error}
    </div>
  );
}

/** The body of a span once its element comes near the view; read again when its status changes. */
function useNearbyDetail(
  element: React.RefObject<HTMLElement | null>,
  spanOf: SpanQueryOf,
  spanId: string | null,
  status: string,
): SpanDetail | "failed" | null {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (!target) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        setNear(true);
      },
      { rootMargin: "400px" },
    );
    observer.observe(target);
    return () => observer.disconnect();
  }, [element]);
  const { data, error, retry } = useRead(spanOf(spanId ?? ""), isNear && spanId !== null);
  const readAt = useRef(status);
  useEffect(() => {
    if (readAt.current === status) return;
    readAt.current = status;
    if (isNear) retry();
  }, [isNear, status, retry]);
  return data ?? (error === null ? null : "failed");
}
