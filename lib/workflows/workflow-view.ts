import type { WorkflowSummary } from "#/lib/contract/workflow.ts";
import type { WorkflowRow } from "./version-store.ts";

/** Row → the contract's workflow. */
export function workflowView(row: WorkflowRow, latestVersion: number | null): WorkflowSummary {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    latestVersion,
    paused: row.pausedAt
      ? { reason: row.pausedReason ?? "", by: row.pausedBy ?? "", at: row.pausedAt.toISOString() }
      : null,
    createdAt: row.createdAt.toISOString(),
  };
}
