"use client";

import { Link } from "#/components/ui/link.tsx";
import { memo } from "react";
import { useRowLink } from "#/components/shell/use-row-link.ts";
import { Badge } from "#/components/ui/badge.tsx";
import { Checkbox } from "#/components/ui/checkbox.tsx";
import { formatCompact, formatCost, formatCount, totalTokens } from "#/components/ui/format.ts";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { TableCell, TableRow } from "#/components/ui/table.tsx";
import type { RunSummary } from "#/lib/contract/run.ts";
import type { ReplayMode } from "#/lib/contract/status.ts";
import { LiveDuration } from "./live-duration.tsx";
import { RunId } from "./run-id.tsx";
import { tracePath } from "./run-links.ts";
import { RunMenu, type RunMenuProps } from "./run-menu.tsx";
import { RunStatusBadge } from "./run-status.tsx";
import { triggerLabel } from "./run-words.ts";

const shortMode: Record<ReplayMode, string> = { as_is: "as-is", prompt: "prompt", model: "model" };

/** One run. The link is the row's focus; a click anywhere else in the row follows it too. */
export const RunRow = memo(function RunRow({
  run,
  isSelected,
  onTick,
  ...menu
}: {
  run: RunSummary;
  isSelected: boolean;
  /** `isRange`: everything from the last row that was ticked to this one. */
  onTick: (id: string, isRange: boolean) => void;
} & Omit<RunMenuProps, "run">) {
  const href = tracePath(menu.workspaceSlug, run.id);
  const open = useRowLink(href);
  return (
    <TableRow
      data-run-id={run.id}
      onClick={open}
      data-selected={isSelected || undefined}
      className="cursor-default hover:[&>td]:bg-hover has-[a[data-row-link]:focus-visible]:[&>td]:bg-selected data-selected:[&>td]:bg-accent-soft"
    >
      <TableCell
        className="w-8 pr-0 pl-3"
        // A shift-click would select text.
        onMouseDown={(event) => event.shiftKey && event.preventDefault()}
        onClick={(event) => {
          event.stopPropagation();
          onTick(run.id, event.shiftKey);
        }}
      >
        <Checkbox aria-label={`Select ${run.id}`} checked={isSelected} onClick={(event) => event.preventDefault()} />
      </TableCell>
      <TableCell className="max-md:[&_[data-reason]]:hidden">
        <RunStatusBadge status={run.status} reason={run.statusReason} />
      </TableCell>
      <TableCell className="max-w-52">
        <Link
          href={href}
          data-row-link
          prefetch={false}
          className="flex max-w-fit gap-1 rounded-sm focus-visible:outline-offset-2"
        >
          <span className="truncate font-medium">{run.workflow.slug}</span>
          <span className="shrink-0 text-ink-subtle">
            · {run.version === null ? "no version yet" : `v${run.version}`}
          </span>
          <span className="sr-only">run {run.id}</span>
        </Link>
      </TableCell>
      <TableCell className="max-md:hidden">
        <RunId id={run.id} className="max-w-28 text-ink-muted" />
      </TableCell>
      <TableCell className="text-ink-muted max-lg:hidden">{triggerLabel[run.trigger.kind]}</TableCell>
      <TableCell className="text-ink-muted">
        <Started run={run} />
      </TableCell>
      <TableCell numeric className="max-sm:hidden">
        <LiveDuration run={run} />
      </TableCell>
      <TableCell numeric className="text-ink-muted max-xl:hidden">
        {formatCount(run.steps)}
      </TableCell>
      <TableCell numeric className="text-ink-muted max-lg:hidden">
        {formatCompact(totalTokens(run.usage))}
      </TableCell>
      <TableCell numeric className="text-ink-muted max-lg:hidden">
        {formatCost(run.costMicros)}
      </TableCell>
      <TableCell className="max-lg:hidden">
        {run.replayOf ? (
          <span className="flex items-center gap-1.5">
            <Link
              href={tracePath(menu.workspaceSlug, run.replayOf)}
              prefetch={false}
              className="rounded-sm text-ink-muted hover:text-ink"
            >
              <RunId id={run.replayOf} className="max-w-22" />
            </Link>
            {run.mode ? <Badge>{shortMode[run.mode]}</Badge> : null}
          </span>
        ) : null}
      </TableCell>
      <TableCell className="sticky right-0 w-9 bg-canvas">
        <RunMenu run={run} {...menu} />
      </TableCell>
    </TableRow>
  );
});

/** When it started; of a delayed run, when it will. */
function Started({ run: { startedAt, statusReason, startAt } }: { run: RunSummary }) {
  const at = startedAt ?? (statusReason === "delayed" ? startAt : null);
  return at === null ? "not yet" : <RelativeTime iso={at} className="max-md:text-sm" />;
}
