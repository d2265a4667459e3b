import { Badge } from "#/components/ui/badge.tsx";
import { StatusDot } from "#/components/ui/status-dot.tsx";
import type { BatchStatus, BatchStatusReason } from "#/lib/contract/batch.ts";
import { batchLabel, batchReason, batchTone } from "./batch-words.ts";

/** The status of a batch, and why it is paused. */
export function BatchStatusBadge({ status, reason }: { status: BatchStatus; reason: BatchStatusReason | null }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap" data-status={status}>
      <Badge tone={batchTone[status]}>
        <StatusDot tone={batchTone[status]} active={status === "running"} className="size-1.5" />
        {batchLabel[status]}
      </Badge>
      {reason === null ? null : <span className="text-sm text-ink-subtle">{batchReason[reason]}</span>}
    </span>
  );
}
