"use client";

import { readRun } from "#/components/data/run-reads.ts";
import { type Stale, useLiveQuery } from "#/components/data/use-live-query.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";

/** Keeps one run, which the server read at `readAt` (ms), up to date until it is final. `stale` says why it is not up to date. */
export function useLiveRun(
  workspaceSlug: string,
  initial: Run,
  readAt: number,
): { run: Run; stale: Stale; refresh: () => void } {
  const { data, stale, refresh } = useLiveQuery<Run>({
    queryKey: ["run", workspaceSlug, initial.id],
    read: (signal) => readRun(workspaceSlug, initial.id, signal),
    initial,
    initialAt: readAt,
    isLive: (run) => !isFinal(run.status),
  });
  return { run: data, stale, refresh };
}
