"use client";

import { Badge } from "#/components/ui/badge.tsx";
import { formatDuration } from "#/components/ui/format.ts";
import type { SpanDetail } from "#/lib/contract/run.ts";
import type { SpanQueryOf } from "#/components/data/run-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import { spanTone } from "./span-overview.tsx";
import { attemptRows, idAt, statusAt, type TraceColumns } from "./trace-columns.ts";

/** Each attempt of a step with how it ended; a step that was tried once is its own only attempt. */
export function SpanAttempts({
  trace,
  row,
  detail,
  spanOf,
  onSelect,
}: {
  trace: TraceColumns;
  row: number;
  detail: SpanDetail;
  spanOf: SpanQueryOf;
  onSelect: (row: number) => void;
}) {
  const rows = attemptRows(trace, row);
  if (rows.length === 0)
    return (
      <p className="text-ink-muted">
        One attempt: {detail.status}
        {detail.durationMs === null ? "" : ` after ${formatDuration(detail.durationMs)}`}.
      </p>
    );
  return (
    <ol className="flex flex-col">
      {rows.map((attempt) => (
        <li key={attempt} className="border-b border-line py-2 last:border-0">
          <Attempt trace={trace} row={attempt} spanOf={spanOf} onSelect={onSelect} />
        </li>
      ))}
    </ol>
  );
}

function Attempt({
  trace,
  row,
  spanOf,
  onSelect,
}: {
  trace: TraceColumns;
  row: number;
  spanOf: SpanQueryOf;
  onSelect: (row: number) => void;
}) {
  const id = idAt(trace, row);
  const status = statusAt(trace, row);
  const read = useRead(spanOf(id ?? ""), id !== null && status === "failed");
  const error = read.error === null ? read.data?.error?.message : "The error of this attempt could not be read.";
  const duration = trace.durationMs[row] ?? -1;
  return (
    <>
      <button
        type="button"
        onClick={() => onSelect(row)}
        className="flex w-full items-center gap-2 rounded-sm text-left hover:bg-hover"
      >
        <span className="font-medium">Attempt {trace.attempt[row]}</span>
        <Badge tone={spanTone[status]}>{status}</Badge>
        <span className="grow" />
        <span className="tabular text-ink-subtle">{formatDuration(duration < 0 ? null : duration)}</span>
      </button>
      {error ? <p className="mt-1 break-words text-danger">{error}</p> : null}
    </>
  );
}
