"use client";

import { readComparison } from "#/components/data/run-reads.ts";
import { useLiveQuery } from "#/components/data/use-live-query.ts";
import type { RunComparison } from "#/lib/contract/compare.ts";
import { isFinal } from "#/lib/contract/status.ts";

const isLive = ({ a, b }: RunComparison) => !isFinal(a.status) || !isFinal(b.status);

/** Keeps a comparison current until both runs are final. `stale` says why it is not. */
export function useLiveComparison(workspaceSlug: string, initial: RunComparison) {
  const { a, b } = initial;
  const { data, stale } = useLiveQuery<RunComparison>({
    queryKey: ["comparison", workspaceSlug, a.id, b.id],
    read: (signal) => readComparison(workspaceSlug, a.id, b.id, signal),
    initial,
    isLive,
  });
  return { comparison: data, isLive: isLive(data), stale };
}
