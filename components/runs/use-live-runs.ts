"use client";

import { useEffect, useRef, useState } from "react";
import type { RunFilter, RunSummary } from "#/lib/contract/run.ts";
import { mergeRows, notBefore } from "./merge-rows.ts";
import { pollWhileVisible, readLive, type Stale } from "./poll-while-visible.ts";
import { apiSearchOf } from "./run-list-query.ts";

/** A page of runs, and whether there are older ones behind it. */
type RunsPage = { data: RunSummary[]; hasMore: boolean };
export type LiveRuns = { rows: RunSummary[]; hasMore: boolean; stale: Stale; refresh: () => void };

/**
 * Keeps a page of runs current while the tab is visible. The first page takes in new runs; a later page keeps its first
 * row as anchor, and stays empty when it is. `stale` says why not, after a failed try until one succeeds; tries then come
 * at growing distances.
 */
export function useLiveRuns(page: {
  workspaceSlug: string;
  /** The same object until the server has read the list again. */
  initial: RunSummary[];
  initialHasMore: boolean;
  filterAt: (nowMs: number) => RunFilter;
  isFirstPage: boolean;
  limit: number;
}): LiveRuns {
  const { workspaceSlug, initial, initialHasMore, isFirstPage, limit } = page;
  const [shown, setShown] = useState<RunsPage>({ data: initial, hasMore: initialHasMore });
  const [stale, setStale] = useState<Stale>(null);
  const [shownFor, setShownFor] = useState(initial);
  if (shownFor !== initial) {
    setShownFor(initial);
    setShown({ data: initial, hasMore: initialHasMore });
  }
  const latest = useRef(page);
  const wake = useRef<() => void>(() => {});
  useEffect(() => {
    latest.current = page;
  });

  useEffect(() => {
    const anchor = isFirstPage ? undefined : initial[0];
    if (!isFirstPage && !anchor) return;
    const load = async (signal: AbortSignal) => {
      const filter = latest.current.filterAt(Date.now());
      if (anchor) filter.to = new Date(Date.parse(anchor.createdAt) + 1).toISOString();
      const answer = await fetchRuns(workspaceSlug, filter, limit, signal);
      setShown((current) => {
        const data = mergeRows(current.data, anchor ? notBefore(answer.data, anchor) : answer.data);
        const isSame = data === current.data && answer.hasMore === current.hasMore;
        return isSame ? current : { data, hasMore: answer.hasMore };
      });
    };
    const loop = pollWhileVisible(load, setStale);
    wake.current = loop.wake;
    return loop.stop;
  }, [workspaceSlug, isFirstPage, limit, initial]);

  return { rows: shown.data, hasMore: shown.hasMore, stale, refresh: () => wake.current() };
}

async function fetchRuns(workspaceSlug: string, filter: RunFilter, limit: number, signal: AbortSignal) {
  const search = apiSearchOf(filter);
  search.set("limit", String(limit));
  return readLive<RunsPage>("/runs", workspaceSlug, signal, search);
}
