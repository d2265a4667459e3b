"use client";

import { ChevronLeft, ChevronRight, CloudOff } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#/components/ui/button.tsx";
import type { Stale } from "#/components/data/use-live-query.ts";
import { StaleNote } from "./stale-note.tsx";

/** The bar below the list: how many runs, whether it is up to date, and links to the other pages. */
export function RunsPager({
  count,
  stale,
  onPrevious,
  onNext,
}: {
  count: ReactNode;
  stale: Stale;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
}) {
  return (
    <footer className="sticky bottom-0 mt-auto flex h-10 shrink-0 items-center gap-3 border-t border-line bg-canvas px-3 text-sm text-ink-muted">
      <span className="tabular">{count}</span>
      <span role="status" className="min-w-0 truncate">
        {stale ? (
          <span className="inline-flex items-center gap-1 text-warning">
            <CloudOff aria-hidden className="size-3.5" />
            <StaleNote stale={stale} />
          </span>
        ) : null}
      </span>
      <nav aria-label="Pages" className="ml-auto flex gap-1.5">
        <Button disabledReason={onPrevious ? null : "These are the newest runs."} onClick={onPrevious ?? undefined}>
          <ChevronLeft aria-hidden />
          Previous
        </Button>
        <Button disabledReason={onNext ? null : "There are no older runs."} onClick={onNext ?? undefined}>
          Next
          <ChevronRight aria-hidden />
        </Button>
      </nav>
    </footer>
  );
}
