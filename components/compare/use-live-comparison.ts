"use client";

import { useEffect, useState } from "react";
import { pollWhileVisible } from "#/components/runs/poll-while-visible.ts";
import type { RunComparison } from "#/lib/contract/compare.ts";
import { isFinal } from "#/lib/contract/status.ts";

/** Keeps a comparison current until both runs are final. `stale` is true while the server does not answer. */
export function useLiveComparison(workspaceSlug: string, initial: RunComparison) {
  const [comparison, setComparison] = useState(initial);
  const [stale, setStale] = useState(false);
  const { a, b } = comparison;
  const isLive = !isFinal(a.status) || !isFinal(b.status);
  useEffect(() => {
    if (!isLive) return;
    const load = async (signal: AbortSignal) => {
      const path = `/api/v1/runs/${encodeURIComponent(a.id)}/compare/${encodeURIComponent(b.id)}`;
      const response = await fetch(`${path}?workspace=${encodeURIComponent(workspaceSlug)}`, { signal });
      if (!response.ok) throw new Error(`Comparing the runs answered ${response.status}`);
      setComparison((await response.json()) as RunComparison);
    };
    return pollWhileVisible(load, setStale).stop;
  }, [workspaceSlug, a.id, b.id, isLive]);
  return { comparison, isLive, stale };
}
