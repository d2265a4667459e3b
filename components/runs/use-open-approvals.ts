"use client";

import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { approvalsQuery } from "#/components/data/run-reads.ts";
import type { OpenApproval, Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";

/**
 * The approvals that a run waits for. It may continue after one while others are still open, so known ones stay until
 * they are decided or the run has ended. They are read again whenever the run is, and by `refresh`. A failure leaves
 * what was known: the run itself says that the server does not answer.
 */
export function useOpenApprovals(
  workspaceSlug: string,
  run: Pick<Run, "id" | "status">,
): { approvals: OpenApproval[]; hasMore: boolean; refresh: () => void } {
  const { status } = run;
  const isWaiting = status === "waiting" || status === "paused";
  const mayWait = (known: readonly OpenApproval[] = []) => isWaiting || (known.length > 0 && !isFinal(status));
  const { data, refetch } = useQuery({
    ...approvalsQuery(workspaceSlug, run.id),
    enabled: ({ state }) => mayWait(state.data?.data),
  });
  const isOpen = mayWait(data?.data);
  useEffect(() => {
    if (isOpen) void refetch();
    // A new `run` object is a new read of the run: it may have gone on and wait for something else.
  }, [run, isOpen, refetch]);
  const refresh = useCallback(() => void refetch(), [refetch]);
  return { approvals: isOpen ? (data?.data ?? []) : [], hasMore: isOpen && data?.hasMore === true, refresh };
}
