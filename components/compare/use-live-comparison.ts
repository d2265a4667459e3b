"use client";

import { useEffect, useState } from "react";
import { pollWhileVisible, readLive, type Stale } from "#/components/runs/poll-while-visible.ts";
import type { RunComparison } from "#/lib/contract/compare.ts";
import { isFinal } from "#/lib/contract/status.ts";

/** Keeps a comparison current until both runs are final. `stale` says why it is not. */
export function useLiveComparison(workspaceSlug: string, initial: RunComparison) {
  const [comparison, setComparison] = useState(initial);
  const [stale, setStale] = useState<Stale>(null);
  const { a, b } = comparison;
  const isLive = !isFinal(a.status) || !isFinal(b.status);
  useEffect(() => {
    if (!isLive) return;
    const load = async (signal: AbortSignal) => {
      const path = `/runs/${encodeURIComponent(a.id)}/compare/${encodeURIComponent(b.id)}`;
      setComparison(await readLive<RunComparison>(path, workspaceSlug, signal));
    };
    return pollWhileVisible(load, setStale).stop;
  }, [workspaceSlug, a.id, b.id, isLive]);
  return { comparison, isLive, stale };
}
