"use client";

import { ChevronDown } from "lucide-react";
import { useRouter } from "next/navigation";
import { replaysQuery } from "#/components/data/run-reads.ts";
import { useRead } from "#/components/data/use-read.ts";
import { RunLineage } from "#/components/runs/run-lineage.tsx";
import { tracePath } from "#/components/runs/run-links.ts";
import { statusLabel } from "#/components/runs/run-words.ts";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from "#/components/ui/dropdown-menu.tsx";
import { shortId } from "#/components/ui/format.ts";
import type { Page } from "#/lib/contract/page.ts";
import type { Run, RunSummary } from "#/lib/contract/run.ts";
import type { ReplayMode } from "#/lib/contract/status.ts";

/** The mode of a run next to its name, shorter than in lists. */
export const modeWords: Record<ReplayMode | "original", string> = {
  original: "original",
  as_is: "as-is",
  prompt: "new prompt",
  model: "new model",
};

/** Where the run is in its chain: the runs above, its own replays below. */
export function Lineage({ run, workspaceSlug, version }: { run: Run; workspaceSlug: string; version: number }) {
  // A failure shows nothing: this is optional.
  const replays = useRead(replaysQuery(workspaceSlug, run.id, version)).data;
  if (run.replayOf === null && (!replays || replays.data.length === 0)) return null;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
      {run.replayOf !== null ? (
        <RunLineage run={{ ...run, replayOf: run.replayOf }} workspaceSlug={workspaceSlug} />
      ) : null}
      {replays && replays.data.length > 0 ? <Replays page={replays} workspaceSlug={workspaceSlug} /> : null}
    </span>
  );
}

function Replays({ page, workspaceSlug }: { page: Page<RunSummary>; workspaceSlug: string }) {
  const router = useRouter();
  const count = page.hasMore ? `${page.data.length}+` : String(page.data.length);
  return (
    <DropdownMenu>
      <span>
        <span className="text-ink-subtle">Replays</span>{" "}
        <DropdownMenuTrigger asChild>
          <button
            type="button"
            aria-label={`${count} made from this run`}
            className="inline-flex min-h-6 min-w-6 items-center gap-0.5 rounded-sm text-accent underline underline-offset-2 hover:text-accent-hover"
          >
            {count}
            <ChevronDown aria-hidden className="size-3" />
          </button>
        </DropdownMenuTrigger>
      </span>
      <DropdownMenuContent align="start">
        <DropdownMenuLabel>Replays of this run, newest first</DropdownMenuLabel>
        {page.data.map((replay) => (
          <DropdownMenuItem key={replay.id} onSelect={() => router.push(tracePath(workspaceSlug, replay.id))}>
            <span className="font-mono text-sm">{shortId(replay.id)}</span>
            <span className="text-ink-subtle">
              {modeWords[replay.mode ?? "original"]} · {statusLabel[replay.status]}
            </span>
          </DropdownMenuItem>
        ))}
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
