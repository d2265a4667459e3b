"use client";

import { useCallback, useEffect, useState } from "react";
import type { RunEvent } from "#/lib/contract/event.ts";
import { readEvents, RequestError } from "./run-requests.ts";

/** So many parts of a thousand events are read at once while a span's own are looked for; more on demand. */
const partsAtOnce = 3;

export type EventsState = {
  events: readonly RunEvent[];
  isLoading: boolean;
  /** There are events behind the last one here. */
  hasMore: boolean;
  error: string | null;
  readMore: () => void;
};

type Read = { events: readonly RunEvent[]; hasMore: boolean; error: string | null; asked: number };
const nothing: Read = { events: [], hasMore: false, error: null, asked: 0 };

/** The run's history in order, in parts; read on from the last event whenever `revision` moves. */
export function useEvents(workspaceSlug: string, runId: string, revision: string): EventsState {
  const [read, setRead] = useState<Read>(nothing);
  const [wanted, setWanted] = useState(1);
  const [loadedFor, setLoadedFor] = useState("");
  const asked = `${revision} ${wanted}`;
  useEffect(() => {
    const abort = new AbortController();
    const load = async () => {
      let seen: readonly RunEvent[] = [];
      setRead((before) => ((seen = before.events), before));
      let hasMore = true;
      for (let part = 0; part < partsAtOnce && hasMore; part++) {
        const page = await readEvents(workspaceSlug, runId, seen.at(-1)?.seq ?? 0, abort.signal);
        seen = [...seen, ...page.data];
        hasMore = page.hasMore;
      }
      if (!abort.signal.aborted) setRead({ events: seen, hasMore, error: null, asked: wanted });
    };
    load()
      .catch((cause: unknown) => {
        if (abort.signal.aborted) return;
        const error = cause instanceof RequestError ? cause.message : "The events could not be read.";
        setRead((before) => ({ ...before, error }));
      })
      .finally(() => !abort.signal.aborted && setLoadedFor(asked));
    return () => abort.abort();
  }, [workspaceSlug, runId, asked, wanted]);
  const readMore = useCallback(() => setWanted((count) => count + 1), []);
  return { events: read.events, hasMore: read.hasMore, error: read.error, isLoading: loadedFor !== asked, readMore };
}
