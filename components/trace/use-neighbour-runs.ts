"use client";

import { useRouter } from "next/navigation";
import { useMemo, useSyncExternalStore } from "react";
import { tracePath } from "#/components/runs/run-links.ts";
import { recallRunList, runListMemoryKey } from "#/components/shell/run-list-memory.ts";

export type NeighbourRuns = { previous: (() => void) | null; next: (() => void) | null };

const never = () => () => {};

function readMemory(): string | null {
  try {
    return sessionStorage.getItem(runListMemoryKey);
  } catch {
    return null;
  }
}

/** Goes to the runs before and after this one in the list I came from; null where there is none. */
export function useNeighbourRuns(workspaceSlug: string, runId: string): NeighbourRuns {
  const router = useRouter();
  const memory = useSyncExternalStore(never, readMemory, () => null);
  const ids = useMemo(
    () => (memory === null ? [] : (recallRunList(workspaceSlug)?.ids ?? [])),
    [memory, workspaceSlug],
  );
  const at = ids.indexOf(runId);
  const go = (id: string | undefined) =>
    at >= 0 && id !== undefined ? () => router.push(tracePath(workspaceSlug, id)) : null;
  return { previous: go(ids[at - 1]), next: go(ids[at + 1]) };
}
