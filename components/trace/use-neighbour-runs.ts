"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { tracePath } from "#/components/runs/run-links.ts";
import { recallRunList } from "#/components/runs/run-list-memory.ts";

export type NeighbourRuns = { previous: (() => void) | null; next: (() => void) | null };

/** Goes to the runs before and after this one in the list I came from; null where there is none. */
export function useNeighbourRuns(workspaceSlug: string, runId: string): NeighbourRuns {
  const router = useRouter();
  const [ids, setIds] = useState<readonly string[]>([]);
  useEffect(() => setIds(recallRunList(workspaceSlug)?.ids ?? []), [workspaceSlug]);
  const at = ids.indexOf(runId);
  const go = (id: string | undefined) =>
    at >= 0 && id !== undefined ? () => router.push(tracePath(workspaceSlug, id)) : null;
  return { previous: go(ids[at - 1]), next: go(ids[at + 1]) };
}
