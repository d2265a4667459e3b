"use client";

import { useCallback, useEffect, useState } from "react";
import type { OpenApproval, Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";

/**
 * The approvals that a run waits for. It may go on behind one while others are open still, so those that are known stay until
 * they are decided or the run has ended. Read again whenever the run was, and by `refresh`. A failure leaves what was known: the run itself says that the server does not answer.
 */
export function useOpenApprovals(
  workspaceSlug: string,
  run: Pick<Run, "id" | "status">,
): { approvals: OpenApproval[]; refresh: () => void } {
  const [approvals, setApprovals] = useState<OpenApproval[]>([]);
  const [turn, setTurn] = useState(0);
  const { id, status } = run;
  const mayWait = status === "waiting" || status === "paused" || (approvals.length > 0 && !isFinal(status));
  useEffect(() => {
    if (!mayWait) return;
    const abort = new AbortController();
    const load = async () => {
      const url = `/api/v1/runs/${id}/approvals?workspace=${encodeURIComponent(workspaceSlug)}`;
      const response = await fetch(url, { signal: abort.signal });
      if (response.ok) setApprovals(((await response.json()) as { data: OpenApproval[] }).data);
    };
    load().catch(() => {});
    return () => abort.abort();
    // A new `run` object is a new look at the run: it may have gone on and wait for something else.
  }, [workspaceSlug, id, run, mayWait, turn]);
  const refresh = useCallback(() => setTurn((now) => now + 1), []);
  return { approvals: mayWait ? approvals : [], refresh };
}
