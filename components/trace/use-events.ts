"use client";

import { readEvents } from "#/components/data/run-reads.ts";
import { useTail } from "#/components/data/use-tail.ts";

/** How many parts of a thousand events are read at once to find a span's own; more on demand. */
const partsAtOnce = 3;

/** The run's history in order, in parts; read on from the last event whenever `revision` moves. */
export function useEvents(workspaceSlug: string, runId: string, revision: string) {
  return useTail({
    queryKey: ["events", workspaceSlug, runId],
    readAfter: (seq, signal) => readEvents(workspaceSlug, runId, seq ?? 0, signal),
    revision,
    partsAtOnce,
  });
}
