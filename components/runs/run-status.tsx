import { Badge } from "#/components/ui/badge.tsx";
import { cn } from "#/components/ui/class-names.ts";
import { StatusDot } from "#/components/ui/status-dot.tsx";
import type { RunStatus, StatusReason } from "#/lib/contract/status.ts";
import { reasonLabel, statusLabel, statusTone } from "./run-words.ts";

/** The status as a badge, its reason beside it. */
export function RunStatusBadge({
  status,
  reason,
  className,
}: {
  status: RunStatus;
  reason?: StatusReason | null;
  className?: string;
}) {
  return (
    <span className={cn("inline-flex items-center gap-1.5 whitespace-nowrap", className)} data-status={status}>
      <Badge tone={statusTone[status]}>
        <StatusDot tone={statusTone[status]} active={status === "running"} className="size-1.5" />
        {statusLabel[status]}
      </Badge>
      {reason ? (
        <span data-reason className="text-sm text-ink-subtle">
          {reasonLabel[reason]}
        </span>
      ) : null}
    </span>
  );
}
