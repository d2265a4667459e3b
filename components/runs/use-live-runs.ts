"use client";

import { useId, useState } from "react";
import { readRuns } from "#/components/data/run-reads.ts";
import { type Stale, useLiveQuery } from "#/components/data/use-live-query.ts";
import type { RunFilter, RunSummary } from "#/lib/contract/run.ts";
import { mergeRows, notBefore } from "./merge-rows.ts";
import { apiSearchOf } from "./run-list-query.ts";

/** A page of runs, and whether there are older ones. */
type RunsPage = { data: RunSummary[]; hasMore: boolean };
export type LiveRuns = { rows: RunSummary[]; hasMore: boolean; stale: Stale; refresh: () => void };

/**
 * Keeps a page of runs current. The first page takes in new runs; a later page keeps its first row as anchor, and stays
 * empty if it is empty.
 */
export function useLiveRuns(page: {
  workspaceSlug: string;
  /** The same object until the server has read the list again. */
  initial: RunSummary[];
  initialHasMore: boolean;
  /** When the server read that, in ms. */
  readAt: number;
  filterAt: (nowMs: number) => RunFilter;
  isFirstPage: boolean;
  limit: number;
}): LiveRuns {
  const { workspaceSlug, initial, isFirstPage, limit } = page;
  const anchor = isFirstPage ? undefined : initial[0];
  const { data, stale, refresh } = useLiveQuery<RunsPage>({
    queryKey: ["runs", workspaceSlug, useId(), useTurn(initial)],
    read: async (signal) => {
      const filter = page.filterAt(Date.now());
      if (anchor) filter.to = new Date(Date.parse(anchor.createdAt) + 1).toISOString();
      const search = apiSearchOf(filter);
      search.set("limit", String(limit));
      const answer = await readRuns(workspaceSlug, search, signal);
      return { data: anchor ? notBefore(answer.data, anchor) : answer.data, hasMore: answer.hasMore };
    },
    initial: { data: initial, hasMore: page.initialHasMore },
    initialAt: page.readAt,
    isLive: () => isFirstPage || anchor !== undefined,
    merge: (shown, fresh) => {
      const rows = mergeRows(shown.data, fresh.data);
      return rows === shown.data && fresh.hasMore === shown.hasMore ? shown : { data: rows, hasMore: fresh.hasMore };
    },
  });
  return { rows: data.data, hasMore: data.hasMore, stale, refresh };
}

/** Changes when the server has sent the list anew: what was read for the previous list no longer counts. */
function useTurn(initial: RunSummary[]): number {
  const [seen, setSeen] = useState({ initial, turn: 0 });
  if (seen.initial === initial) return seen.turn;
  const turn = seen.turn + 1;
  setSeen({ initial, turn });
  return turn;
}
