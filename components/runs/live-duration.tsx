"use client";

import { formatDuration } from "#/components/ui/format.ts";
import { useNowMs } from "#/components/ui/relative-time.tsx";

type Timed = { startedAt: string | null; durationMs: number | null };

/** How long a run took, or has taken so far; then it counts up. */
export function LiveDuration({ run }: { run: Timed }) {
  if (run.durationMs !== null || run.startedAt === null) return <>{formatDuration(run.durationMs)}</>;
  return <Counting since={run.startedAt} />;
}

function Counting({ since }: { since: string }) {
  const now = useNowMs();
  return <>{now === null ? formatDuration(null) : formatDuration(Math.max(0, now - Date.parse(since)))}</>;
}
