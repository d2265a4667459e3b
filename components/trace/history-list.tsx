"use client";

import type { ReactNode } from "react";
import { Button } from "#/components/ui/button.tsx";
import { Callout } from "#/components/ui/callout.tsx";
import { formatDuration } from "#/components/ui/format.ts";
import { Skeleton } from "#/components/ui/skeleton.tsx";

/** A list of moments of a run that is read in parts: its entries, or why there are none yet, and what could not be read. */
export function HistoryList({
  label,
  what,
  entries,
  isLoading,
  error,
  retry,
  empty,
}: {
  label: string;
  /** What is read, as a noun that follows "the". */
  what: string;
  entries: readonly ReactNode[];
  isLoading: boolean;
  error: string | null;
  retry: () => void;
  /** The text for an empty list. */
  empty: string;
}) {
  return (
    <>
      {error === null ? null : (
        <Callout
          kind="warning"
          action={
            <Button size="sm" onClick={retry}>
              Try again
            </Button>
          }
        >
          The {what} could not be read. {error}
        </Callout>
      )}
      {entries.length > 0 ? (
        <ol aria-label={label} className="flex flex-col">
          {entries}
        </ol>
      ) : isLoading ? (
        <div role="status" aria-label={`Loading the ${what}`} className="flex flex-col gap-3 py-1">
          <Skeleton className="w-4/5" />
          <Skeleton className="w-3/5" />
        </div>
      ) : error === null ? (
        <p className="text-ink-subtle">{empty}</p>
      ) : null}
    </>
  );
}

/** One entry: what leads it, what it says, and when that was, counted from `startedAt` (ms since 1970; null = unknown). */
export function HistoryEntry({
  lead,
  at,
  startedAt,
  children,
}: {
  lead: ReactNode;
  at: string;
  startedAt: number | null;
  children: ReactNode;
}) {
  const after = startedAt === null ? null : Date.parse(at) - startedAt;
  return (
    <li className="grid grid-cols-[3rem_minmax(0,1fr)_auto] items-baseline gap-x-2 border-b border-line py-1 text-sm last:border-0">
      {lead}
      <span className="min-w-0 break-words">{children}</span>
      <time dateTime={at} title={at} className="tabular whitespace-nowrap text-ink-subtle">
        {after === null ? at : after < 0 ? `−${formatDuration(-after)}` : `+${formatDuration(after)}`}
      </time>
    </li>
  );
}

/** The name of a step inside an entry, which leads to it. */
export function JumpButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="rounded-sm font-mono text-accent underline underline-offset-2 hover:text-accent-hover"
    >
      {children}
    </button>
  );
}
