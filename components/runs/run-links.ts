/** Addresses of a run's pages. */
export function tracePath(workspaceSlug: string, runId: string): string {
  return `/${workspaceSlug}/ai/runs/${runId}`;
}

/** The trace viewer with the replay dialog open. */
export function replayPath(workspaceSlug: string, runId: string): string {
  return `${tracePath(workspaceSlug, runId)}?replay=1`;
}

export function monitoringPath(workspaceSlug: string, runId: string): string {
  return `/${workspaceSlug}/monitoring/workflow-runs/${runId}`;
}

/** Set to true by the change that adds the compare page: no link may lead nowhere. */
const hasComparePage = false;

/** Side by side with the run it replays; null for an original. */
export function comparePath(workspaceSlug: string, run: { id: string; replayOf: string | null }): string | null {
  if (!hasComparePage || run.replayOf === null) return null;
  return `${tracePath(workspaceSlug, run.id)}/compare/${run.replayOf}`;
}
