import { cn } from "#/components/ui/class-names.ts";
import { formatCount } from "#/components/ui/format.ts";
import { type Tone, toneFill } from "#/components/ui/tones.ts";
import type { BatchSummary } from "#/lib/contract/batch.ts";
import { underWay } from "./batch-live.ts";

type Part = { label: string; tone: Tone; count: number };

/** What has become of the runs of a batch, in the order of the bar; `waiting` are those that nothing was done for yet. Pure. */
export function progressOf({ total, counts, runCounts }: Pick<BatchSummary, "total" | "counts" | "runCounts">): {
  parts: Part[];
  done: number;
  total: number;
} {
  const going = underWay(runCounts);
  const left = (counts.refused ?? 0) + (counts.skipped ?? 0) + (counts.aborted ?? 0);
  const ended = (counts.submitted ?? 0) - going;
  const known = (runCounts.completed ?? 0) + (runCounts.failed ?? 0) + (runCounts.cancelled ?? 0);
  const parts: Part[] = [
    { label: "completed", tone: "completed", count: runCounts.completed ?? 0 },
    { label: "failed", tone: "failed", count: runCounts.failed ?? 0 },
    { label: "cancelled", tone: "cancelled", count: runCounts.cancelled ?? 0 },
    { label: "deleted", tone: "neutral", count: Math.max(0, ended - known) },
    { label: "in progress", tone: "running", count: going },
    { label: "refused", tone: "warning", count: counts.refused ?? 0 },
    { label: "skipped", tone: "neutral", count: counts.skipped ?? 0 },
    { label: "aborted", tone: "neutral", count: counts.aborted ?? 0 },
  ];
  return { parts: parts.filter(({ count }) => count > 0), done: ended + left, total };
}

/** A bar of what has ended, how, and what is under way; empty is what still waits. */
export function ProgressBar({ batch, className }: { batch: Parameters<typeof progressOf>[0]; className?: string }) {
  const { parts, done, total } = progressOf(batch);
  return (
    <div
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={Math.max(1, total)}
      aria-valuenow={total === 0 ? 1 : done}
      aria-valuetext={`${formatCount(done)} of ${formatCount(total)} done`}
      title={parts.map(({ label, count }) => `${formatCount(count)} ${label}`).join(", ")}
      className={cn("flex h-1.5 overflow-hidden rounded-full bg-hover", className)}
    >
      {parts.map(({ label, tone, count }) => (
        <span key={label} className={toneFill[tone]} style={{ width: `${(100 * count) / Math.max(1, total)}%` }} />
      ))}
    </div>
  );
}
