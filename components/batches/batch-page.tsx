"use client";

import { useRouter } from "next/navigation";
import { useRef } from "react";
import { readBatch } from "#/components/data/batch-reads.ts";
import { useLiveQuery } from "#/components/data/use-live-query.ts";
import { batchPath, batchRunsPath } from "#/components/runs/run-links.ts";
import { mergeItems } from "./merge-items.ts";
import { StaleNote } from "#/components/runs/stale-note.tsx";
import { useRowKeys } from "#/components/runs/use-row-keys.ts";
import { buttonClass } from "#/components/ui/button-class.ts";
import { Callout } from "#/components/ui/callout.tsx";
import { CopyButton } from "#/components/ui/copy-button.tsx";
import { formatCount } from "#/components/ui/format.ts";
import { Link } from "#/components/ui/link.tsx";
import { LinkPager } from "#/components/ui/link-pager.tsx";
import { LinkTabs } from "#/components/ui/link-tabs.tsx";
import { Table, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";
import { useShortcuts } from "#/components/ui/use-shortcuts.ts";
import { type Batch, type BatchItem, batchItemStatuses, type BatchItemStatus } from "#/lib/contract/batch.ts";
import type { Page } from "#/lib/contract/page.ts";
import { type BatchControlActions, BatchControls } from "./batch-controls.tsx";
import { BatchFacts } from "./batch-facts.tsx";
import { BatchItemRow } from "./batch-item-row.tsx";
import { isLive } from "./batch-live.ts";
import { BatchStatusBadge } from "./batch-status.tsx";
import { itemLabel } from "./batch-words.ts";
import { itemsPerPage } from "./page-sizes.ts";
import { ProgressBar, progressOf } from "./progress-bar.tsx";

type Read = { batch: Batch; items: Page<BatchItem> };
type Props = {
  workspaceSlug: string;
  initial: Read;
  /** When that was read, in ms. */
  readAt: number;
  /** Which items: those of a status, from a place on. */
  status: BatchItemStatus | null;
  cursor: string | null;
  names: Record<string, string>;
  actions: BatchControlActions;
  submitDenied: string | null;
  cancelDenied: string | null;
};

/** A batch: how far it is, what it costs, what became of each run, and its controls. */
export function BatchPage({ workspaceSlug, initial, readAt, status, cursor, names, actions, ...denied }: Props) {
  const router = useRouter();
  const body = useRef<HTMLTableSectionElement>(null);
  const row = useRowKeys(body, "run");
  const { id } = initial.batch;
  const search = {
    limit: String(itemsPerPage),
    ...(status === null ? {} : { status }),
    ...(cursor === null ? {} : { cursor }),
  };
  const { data, stale, refresh } = useLiveQuery<Read>({
    queryKey: ["batch", workspaceSlug, id, status, cursor],
    read: (signal) => readBatch(workspaceSlug, id, search, signal),
    initial,
    initialAt: readAt,
    isLive: ({ batch }) => isLive(batch),
    merge: (shown, fresh) => ({
      ...fresh,
      items: { ...fresh.items, data: mergeItems(shown.items.data, fresh.items.data) },
    }),
  });
  const { batch, items } = data;
  useShortcuts([
    {
      keys: "c",
      label: "Compare with the original",
      run: () => {
        const path = row.current()?.dataset["compare"];
        if (path) router.push(path);
      },
    },
  ]);
  const path = batchPath(workspaceSlug, id);
  const pageOf = (of: { status: BatchItemStatus | null; cursor?: string | null }) => {
    const asked = new URLSearchParams();
    if (of.status) asked.set("status", of.status);
    if (of.cursor) asked.set("cursor", of.cursor);
    return asked.size === 0 ? path : `${path}?${asked}`;
  };
  return (
    <div className="flex min-h-0 grow flex-col" data-batch-status={batch.status}>
      <header className="flex shrink-0 flex-col gap-2 px-3 py-2.5 md:px-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <h1 className="min-w-0 truncate text-lg font-semibold">{batch.name ?? "Replay batch"}</h1>
          <BatchStatusBadge status={batch.status} reason={batch.statusReason} />
          <CopyButton value={id} label="Copy batch id" className="-ml-1">
            <span className="max-w-[46vw] truncate font-mono text-sm">{id}</span>
          </CopyButton>
          <span className="grow" />
          <div className="flex flex-wrap items-center gap-1.5">
            <Link href={batchRunsPath(workspaceSlug, id)} className={buttonClass()}>
              See its runs
            </Link>
            <BatchControls
              batch={batch}
              actions={actions}
              denied={denied.submitDenied}
              cancelDenied={denied.cancelDenied}
              onChanged={refresh}
            />
          </div>
        </div>
        <Progress workspaceSlug={workspaceSlug} batch={batch} />
        <BatchFacts batch={batch} names={names} />
        <MadeLive count={batch.effects.live} />
        {stale ? (
          <Callout kind="warning">
            <StaleNote stale={stale} />
          </Callout>
        ) : null}
      </header>
      <LinkTabs
        label="Runs of the batch by what became of them"
        tabs={[
          { href: pageOf({ status: null }), label: tabLabel("All", batch.total), isCurrent: status === null },
          ...batchItemStatuses
            .filter((each) => (batch.counts[each] ?? 0) > 0 || each === status)
            .map((each) => ({
              href: pageOf({ status: each }),
              label: tabLabel(itemLabel[each], batch.counts[each] ?? 0),
              isCurrent: status === each,
            })),
        ]}
      />
      {items.data.length === 0 ? (
        <p className="px-3 py-6 text-ink-muted md:px-4">
          {batch.total === 0
            ? "No run matched when the batch was submitted."
            : "No run of the batch is in this status."}
        </p>
      ) : (
        <Table label="Runs of the batch" boxClassName="min-h-0 grow basis-0 min-h-40">
          <TableHead>
            <TableRow>
              <TableHeaderCell className="pl-3 max-md:hidden md:pl-4">Run</TableHeaderCell>
              <TableHeaderCell className="max-md:pl-3">Status</TableHeaderCell>
              <TableHeaderCell>Replay</TableHeaderCell>
              <TableHeaderCell className="max-lg:hidden">Tool calls or reason</TableHeaderCell>
              <TableHeaderCell numeric className="max-lg:hidden">
                Cost
              </TableHeaderCell>
              <TableHeaderCell className="w-9">
                <span className="sr-only">Compare</span>
              </TableHeaderCell>
            </TableRow>
          </TableHead>
          <tbody ref={body}>
            {items.data.map((item) => (
              <BatchItemRow key={item.runId} workspaceSlug={workspaceSlug} item={item} />
            ))}
          </tbody>
        </Table>
      )}
      <LinkPager
        count={`${items.data.length} of ${formatCount(status === null ? batch.total : (batch.counts[status] ?? 0))} shown`}
        previous={cursor === null ? null : pageOf({ status })}
        next={items.nextCursor === null ? null : pageOf({ status, cursor: items.nextCursor })}
      />
    </div>
  );
}

function tabLabel(word: string, count: number) {
  return (
    <>
      {word} <span className="tabular ml-1 text-ink-subtle">{formatCount(count)}</span>
    </>
  );
}

/** A batch that changed something in the world says so as loudly as its dialog did. */
function MadeLive({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <Callout kind="danger">
      <p className="font-medium">
        <code className="font-mono text-sm">policies.replay.allowMutations: true</code>: replays of this batch made{" "}
        {count === 1 ? "1 mutating tool call" : `${formatCount(count)} mutating tool calls`} for real.
      </p>
    </Callout>
  );
}

/** The bar, and what it is made of; the statuses of replays lead to their runs. */
function Progress({ workspaceSlug, batch }: { workspaceSlug: string; batch: Batch }) {
  const { parts, done, total } = progressOf(batch);
  const replays = ["completed", "failed", "cancelled"] as const;
  return (
    <div className="flex flex-col gap-1.5">
      <ProgressBar batch={batch} className="h-2" />
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span role="status" className="tabular font-medium">
          {formatCount(done)} of {formatCount(total)} done
        </span>
        {parts.map(({ label, count }) => {
          const status = replays.find((each) => each === label);
          const text = `${formatCount(count)} ${label}`;
          return status ? (
            <Link
              key={label}
              href={batchRunsPath(workspaceSlug, batch.id, status)}
              title={`See the ${label} replays in the runs list`}
              className="tabular rounded-sm text-ink-muted underline decoration-line-strong underline-offset-2 hover:text-ink"
            >
              {text}
            </Link>
          ) : (
            <span key={label} className="tabular text-ink-muted">
              {text}
            </span>
          );
        })}
      </p>
    </div>
  );
}
