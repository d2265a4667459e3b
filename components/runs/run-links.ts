import type { RunStatus } from "#/lib/contract/status.ts";

/** Addresses of a run's pages. */
export function tracePath(workspaceSlug: string, runId: string): string {
  return `/${workspaceSlug}/ai/runs/${runId}`;
}

/** The trace viewer with the replay dialog open. */
export function replayPath(workspaceSlug: string, runId: string): string {
  return `${tracePath(workspaceSlug, runId)}?replay=1`;
}

/**
 * The editor of the version that a run executed; what is pushed there is replayed from `fromNodeId`. `nodeId` is what
 * failed. Null while the run has no version.
 */
export function correctPath(
  workspaceSlug: string,
  run: { id: string; workflow: { slug: string }; version: number | null },
  { nodeId, fromNodeId }: { nodeId: string | null; fromNodeId: string | null },
): string | null {
  if (run.version === null) return null;
  const search = new URLSearchParams({ version: String(run.version), run: run.id });
  if (nodeId) search.set("node", nodeId);
  if (fromNodeId) search.set("from", fromNodeId);
  return `${editPath(workspaceSlug, run.workflow.slug)}?${search}`;
}

export function editPath(workspaceSlug: string, slug: string): string {
  return `/${workspaceSlug}/workflows/${slug}/edit`;
}

/** The name under which the editor keeps what is written over a version (0 = the workflow has none). */
export function definitionDraft(workspaceSlug: string, slug: string, version: number): string {
  return `${editPath(workspaceSlug, slug)} definition ${version}`;
}

export function monitoringPath(workspaceSlug: string, runId: string): string {
  return `/${workspaceSlug}/monitoring/workflow-runs/${runId}`;
}

/** Side by side with the run it replays; null for an original. */
export function comparePath(workspaceSlug: string, run: { id: string; replayOf: string | null }): string | null {
  return run.replayOf === null ? null : `${tracePath(workspaceSlug, run.id)}/compare/${run.replayOf}`;
}

export function batchPath(workspaceSlug: string, batchId: string): string {
  return `/${workspaceSlug}/monitoring/replay-batches/${batchId}`;
}

/** The runs list with the replays of a batch; `status` narrows it. */
export function batchRunsPath(workspaceSlug: string, batchId: string, status?: RunStatus): string {
  const search = new URLSearchParams({ batch: batchId, ...(status === undefined ? {} : { status }) });
  return `/${workspaceSlug}/monitoring/workflow-runs?${search}`;
}

export function schedulePath(workspaceSlug: string, scheduleId: string): string {
  return `/${workspaceSlug}/schedules/${scheduleId}`;
}

/** The runs list with what a schedule started. */
export function scheduleRunsPath(workspaceSlug: string, scheduleId: string): string {
  return `/${workspaceSlug}/monitoring/workflow-runs?${new URLSearchParams({ schedule: scheduleId })}`;
}
