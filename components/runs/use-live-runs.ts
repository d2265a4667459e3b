"use client";

import { useEffect, useRef, useState } from "react";
import type { RunFilter, RunSummary } from "#/lib/contract/run.ts";
import { mergeRows, notBefore } from "./merge-rows.ts";
import { pollWhileVisible } from "./poll-while-visible.ts";
import { apiSearchOf } from "./run-list-query.ts";

export type LiveRuns = { rows: RunSummary[]; stale: boolean; refresh: () => void };

/**
 * Keeps a page of runs current while the tab is visible. The first page takes in new runs; a later page keeps its first
 * row as anchor. `stale` is true after a failed try, until one succeeds; tries then come at growing distances.
 */
export function useLiveRuns(page: {
  workspaceSlug: string;
  initial: RunSummary[];
  filterAt: (nowMs: number) => RunFilter;
  isFirstPage: boolean;
  limit: number;
}): LiveRuns {
  const { workspaceSlug, initial, isFirstPage, limit } = page;
  const [rows, setRows] = useState(initial);
  const [stale, setStale] = useState(false);
  const [shownFor, setShownFor] = useState(initial);
  if (shownFor !== initial) {
    setShownFor(initial);
    setRows(initial);
  }
  const latest = useRef(page);
  const wake = useRef<() => void>(() => {});
  useEffect(() => {
    latest.current = page;
  });

  useEffect(() => {
    const anchor = isFirstPage ? undefined : initial[0];
    const load = async (signal: AbortSignal) => {
      const filter = latest.current.filterAt(Date.now());
      if (anchor) filter.to = new Date(Date.parse(anchor.createdAt) + 1).toISOString();
      const answer = await fetchRuns(workspaceSlug, filter, limit, signal);
      setRows((current) => mergeRows(current, anchor ? notBefore(answer, anchor) : answer));
    };
    const loop = pollWhileVisible(load, setStale);
    wake.current = loop.wake;
    return loop.stop;
  }, [workspaceSlug, isFirstPage, limit, initial]);

  return { rows, stale, refresh: () => wake.current() };
}

async function fetchRuns(workspaceSlug: string, filter: RunFilter, limit: number, signal: AbortSignal) {
  const search = apiSearchOf(filter);
  search.set("workspace", workspaceSlug);
  search.set("limit", String(limit));
  const response = await fetch(`/api/v1/runs?${search}`, { signal, headers: { accept: "application/json" } });
  if (!response.ok) throw new Error(`Listing runs answered ${response.status}`);
  return ((await response.json()) as { data: RunSummary[] }).data;
}
