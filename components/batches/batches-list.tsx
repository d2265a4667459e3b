"use client";

import { Layers } from "lucide-react";
import { useRef } from "react";
import { readBatches } from "#/components/data/batch-reads.ts";
import { useLiveQuery } from "#/components/data/use-live-query.ts";
import { batchPath } from "#/components/runs/run-links.ts";
import { mergeRows } from "#/components/runs/merge-rows.ts";
import { StaleNote } from "#/components/runs/stale-note.tsx";
import { useRowKeys } from "#/components/runs/use-row-keys.ts";
import { ActorName } from "#/components/shell/actor-name.tsx";
import { useRowLink } from "#/components/shell/use-row-link.ts";
import { buttonClass } from "#/components/ui/button-class.ts";
import { EmptyState } from "#/components/ui/empty-state.tsx";
import { formatCount, shortId } from "#/components/ui/format.ts";
import { Link } from "#/components/ui/link.tsx";
import { LinkPager } from "#/components/ui/link-pager.tsx";
import { PageHeader } from "#/components/ui/page-header.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import { Table, TableCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import type { BatchSummary } from "#/lib/contract/batch.ts";
import type { Page } from "#/lib/contract/page.ts";
import { BatchStatusBadge } from "./batch-status.tsx";
import { isLive } from "./batch-live.ts";
import { etaWords } from "./batch-words.ts";
import { batchesPerPage } from "./page-sizes.ts";
import { ProgressBar, progressOf } from "./progress-bar.tsx";

/** The workspace's batches, newest first, with how far they are. */
export function BatchesList({
  workspaceSlug,
  initial,
  readAt,
  cursor,
  names,
}: {
  workspaceSlug: string;
  initial: Page<BatchSummary>;
  /** When that was read, in ms. */
  readAt: number;
  /** Where this page begins; null = with the newest. */
  cursor: string | null;
  names: Record<string, string>;
}) {
  const body = useRef<HTMLTableSectionElement>(null);
  useRowKeys(body, "batch");
  const search = { limit: String(batchesPerPage), ...(cursor === null ? {} : { cursor }) };
  const { data, stale } = useLiveQuery<Page<BatchSummary>>({
    queryKey: ["batches", workspaceSlug, cursor],
    read: (signal) => readBatches(workspaceSlug, search, signal),
    initial,
    initialAt: readAt,
    // Another person's batch may appear on the first page at any time.
    isLive: ({ data: batches }) => cursor === null || batches.some(isLive),
    merge: (shown, fresh) => ({ ...fresh, data: mergeRows(shown.data, fresh.data) }),
  });
  const path = `/${workspaceSlug}/monitoring/replay-batches`;
  return (
    <div className="flex min-h-0 grow flex-col">
      <PageHeader title="Batches">Many runs, replayed with one request.</PageHeader>
      {data.data.length === 0 ? (
        <EmptyState
          icon={<Layers aria-hidden />}
          title={cursor === null ? "No batches yet" : "No older batches"}
          action={
            <Link
              href={cursor === null ? `/${workspaceSlug}/monitoring/workflow-runs` : path}
              className={buttonClass()}
            >
              {cursor === null ? "Open the runs list" : "Newest batches"}
            </Link>
          }
        >
          {cursor === null ? (
            <p>Select runs in the list, with their checkboxes or by filter, and choose Replay runs.</p>
          ) : (
            <p>This page is past the last batch of the list.</p>
          )}
        </EmptyState>
      ) : (
        <Table label="Batches" boxClassName="min-h-0 grow basis-0" className="max-md:table-fixed">
          <TableHead>
            <TableRow>
              <TableHeaderCell className="pl-3 max-md:w-28 md:pl-4">Status</TableHeaderCell>
              <TableHeaderCell>Batch</TableHeaderCell>
              <TableHeaderCell className="w-48 max-md:w-24">Progress</TableHeaderCell>
              <TableHeaderCell className="max-lg:hidden">Outcome</TableHeaderCell>
              <TableHeaderCell className="max-lg:hidden">Created by</TableHeaderCell>
              <TableHeaderCell className="max-md:hidden">Created</TableHeaderCell>
            </TableRow>
          </TableHead>
          <tbody ref={body}>
            {data.data.map((batch) => (
              <BatchRow key={batch.id} {...{ workspaceSlug, batch, names }} />
            ))}
          </tbody>
        </Table>
      )}
      {stale ? (
        <p role="status" className="px-3 py-1 text-sm text-warning md:px-4">
          <StaleNote stale={stale} />
        </p>
      ) : null}
      <LinkPager
        count={`${data.data.length} ${data.data.length === 1 ? "batch" : "batches"}`}
        previous={cursor === null ? null : path}
        next={data.nextCursor === null ? null : `${path}?${new URLSearchParams({ cursor: data.nextCursor })}`}
      />
    </div>
  );
}

function BatchRow({
  workspaceSlug,
  batch,
  names,
}: {
  workspaceSlug: string;
  batch: BatchSummary;
  names: Record<string, string>;
}) {
  const href = batchPath(workspaceSlug, batch.id);
  const { parts, done, total } = progressOf(batch);
  const open = useRowLink(href);
  return (
    <TableRow
      data-batch-id={batch.id}
      onClick={open}
      className="cursor-default hover:[&>td]:bg-hover has-[a[data-row-link]:focus-visible]:[&>td]:bg-selected"
    >
      <TableCell className="pl-3 md:pl-4">
        <BatchStatusBadge status={batch.status} reason={batch.statusReason} />
      </TableCell>
      <TableCell className="max-w-60">
        <Link
          href={href}
          data-row-link
          prefetch={false}
          title={batch.id}
          className="block max-w-fit truncate rounded-sm focus-visible:outline-offset-2"
        >
          {batch.name === null ? (
            <span className="font-mono text-sm">{shortId(batch.id)}</span>
          ) : (
            <span className="font-medium">{batch.name}</span>
          )}
        </Link>
      </TableCell>
      <TableCell>
        <span className="flex items-center gap-2">
          <ProgressBar batch={batch} className="min-w-8 grow" />
          <span className="tabular text-sm text-ink-muted">
            {formatCount(done)}/{formatCount(total)}
          </span>
        </span>
      </TableCell>
      <TableCell className="text-ink-muted max-lg:hidden">
        {batch.status === "running" && (batch.counts.queued ?? 0) > 0
          ? `last starts ${etaWords(batch.etaSeconds ?? 0)}`
          : parts.map(({ label, count }) => `${formatCount(count)} ${label}`).join(", ")}
      </TableCell>
      <TableCell className="text-ink-muted max-lg:hidden">
        <ActorName id={batch.author} names={names} />
      </TableCell>
      <TableCell className="text-ink-muted max-md:hidden">
        <RelativeTime iso={batch.createdAt} />
      </TableCell>
    </TableRow>
  );
}
