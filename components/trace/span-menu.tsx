"use client";

import { Copy, Ellipsis, Link2, RotateCcw } from "lucide-react";
import { tracePath } from "#/components/runs/run-links.ts";
import { copyAndSay } from "#/components/ui/copy-by-hand.tsx";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "#/components/ui/dropdown-menu.tsx";

/** "Replay from here" for a span: the path of the step that it is in, or why there can be no replay from it. */
export type ReplayFrom = { path: string | null; reason: string | null; open: () => void };

/** The actions on the selected span. */
export function SpanMenu({
  spanId,
  runId,
  workspaceSlug,
  replayFrom,
}: {
  spanId: string;
  runId: string;
  workspaceSlug: string;
  replayFrom: ReplayFrom;
}) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger
        aria-label="Actions for this span"
        className="inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-muted hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
      >
        <Ellipsis aria-hidden className="size-4" />
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem keys="shift+r" disabledReason={replayFrom.reason} onSelect={replayFrom.open}>
          <RotateCcw aria-hidden />
          Replay from here{replayFrom.path === null ? "" : ` (${replayFrom.path})`}
        </DropdownMenuItem>
        <DropdownMenuItem
          onSelect={() =>
            void copyAndSay(`${location.origin}${tracePath(workspaceSlug, runId)}?span=${spanId}`, "Link copied")
          }
        >
          <Link2 aria-hidden />
          Copy link to this span
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void copyAndSay(spanId, "Span id copied")}>
          <Copy aria-hidden />
          Copy span id
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
