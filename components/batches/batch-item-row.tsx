"use client";

import { ArrowRight, Columns2 } from "lucide-react";
import { memo } from "react";
import { RunId } from "#/components/runs/run-id.tsx";
import { tracePath } from "#/components/runs/run-links.ts";
import { RunStatusBadge } from "#/components/runs/run-status.tsx";
import { Effects } from "#/components/runs/run-effects.tsx";
import { Badge } from "#/components/ui/badge.tsx";
import { formatCost } from "#/components/ui/format.ts";
import { Link } from "#/components/ui/link.tsx";
import { TableCell, TableRow } from "#/components/ui/table.tsx";
import type { BatchItem } from "#/lib/contract/batch.ts";
import { itemLabel, itemTone } from "./batch-words.ts";

/** Side by side with the run that was replayed; null without a replay. */
function itemComparePath(workspaceSlug: string, item: BatchItem): string | null {
  if (item.newRunId === null || item.runStatus === null || item.sourceStatus === null) return null;
  return `${tracePath(workspaceSlug, item.newRunId)}/compare/${item.runId}`;
}

/** One run of a batch and what became of it. The row's link leads to the replay, or to the run that has none. */
export const BatchItemRow = memo(function BatchItemRow({
  workspaceSlug,
  item,
}: {
  workspaceSlug: string;
  item: BatchItem;
}) {
  const compare = itemComparePath(workspaceSlug, item);
  const replay = item.runStatus === null ? null : item.newRunId;
  const original = (
    <RunLink id={item.runId} isGone={item.sourceStatus === null} isRow={replay === null} {...{ workspaceSlug }} />
  );
  return (
    <TableRow
      data-run-id={item.runId}
      data-compare={compare ?? undefined}
      className="hover:[&>td]:bg-hover has-[a[data-row-link]:focus-visible]:[&>td]:bg-selected"
    >
      <TableCell className="pl-3 max-md:hidden md:pl-4">{original}</TableCell>
      <TableCell className="max-md:py-1 max-md:pl-3 max-md:whitespace-normal">
        <span className="flex items-center gap-x-1.5 gap-y-0.5 max-md:flex-wrap">
          {item.sourceStatus === null ? null : <RunStatusBadge status={item.sourceStatus} />}
          <ArrowRight aria-label="became" className="size-3.5 shrink-0 text-ink-subtle" />
          <Outcome item={item} />
        </span>
      </TableCell>
      <TableCell>
        {replay === null ? (
          item.newRunId === null ? (
            <span className="md:hidden">{original}</span>
          ) : (
            <RunLink id={item.newRunId} isGone isRow={false} {...{ workspaceSlug }} />
          )
        ) : (
          <RunLink id={replay} isGone={false} isRow {...{ workspaceSlug }} />
        )}
      </TableCell>
      <TableCell className="w-full whitespace-normal max-lg:hidden">
        {item.code === null ? (
          item.effects ? (
            <Effects effects={item.effects} none={null} />
          ) : null
        ) : (
          <span className="text-sm text-warning">
            {item.message} <code className="font-mono text-ink-subtle">{item.code}</code>
          </span>
        )}
      </TableCell>
      <TableCell numeric className="text-ink-muted max-lg:hidden">
        {item.runStatus === null ? null : formatCost(item.costMicros)}
      </TableCell>
      <TableCell className="w-9 pr-3 text-right">
        {compare ? (
          <Link
            href={compare}
            aria-label={`Compare with ${item.runId}`}
            title="Compare with the original"
            className="inline-flex size-7 items-center justify-center rounded-md text-ink-subtle hover:bg-selected hover:text-ink"
          >
            <Columns2 aria-hidden className="size-4" />
          </Link>
        ) : null}
      </TableCell>
    </TableRow>
  );
});

/** What became of the run: the status of its replay, or why there is none. */
function Outcome({ item }: { item: BatchItem }) {
  if (item.runStatus !== null) return <RunStatusBadge status={item.runStatus} />;
  if (item.status === "submitted") return <Badge>Deleted</Badge>;
  return (
    <span className="inline-flex items-center gap-x-1.5 gap-y-0.5 max-md:flex-wrap">
      <Badge tone={itemTone[item.status]}>{itemLabel[item.status]}</Badge>
      {item.code === null ? null : <span className="font-mono text-sm text-ink-subtle lg:hidden">{item.code}</span>}
    </span>
  );
}

function RunLink({
  workspaceSlug,
  id,
  isGone,
  isRow,
}: {
  workspaceSlug: string;
  id: string;
  isGone: boolean;
  isRow: boolean;
}) {
  if (isGone)
    return (
      <span title="This run has been deleted or is none of this workspace.">
        <RunId id={id} className="max-w-28 text-ink-subtle line-through" />
      </span>
    );
  return (
    <Link
      href={tracePath(workspaceSlug, id)}
      data-row-link={isRow || undefined}
      prefetch={false}
      className="inline-flex rounded-sm text-ink-muted hover:text-ink focus-visible:outline-offset-2"
    >
      <RunId id={id} className="max-w-28" />
    </Link>
  );
}
