"use client";

import { useEffect, useReducer, useState } from "react";
import type { LogLine } from "#/lib/contract/log.ts";
import type { LogLevel } from "#/lib/contract/status.ts";
import { readLogs, RequestError } from "./run-requests.ts";

export type LogsState = {
  lines: readonly LogLine[];
  isLoading: boolean;
  /** There are lines behind the last one here. */
  hasMore: boolean;
  error: string | null;
  /** Reads the next lines, also after an error. */
  readMore: () => void;
};

type Read = { of: string; lines: readonly LogLine[]; hasMore: boolean; error: string | null };

/**
 * The lines of a run, or of one span and those inside of it, from `level` up: a page at first, the next ones on demand, and
 * what is new whenever `revision` moves.
 */
export function useLogs(
  workspaceSlug: string,
  runId: string,
  of: { spanId?: string; level?: LogLevel },
  revision: string,
): LogsState {
  const { spanId, level } = of;
  const identity = `${runId} ${spanId ?? ""} ${level ?? ""}`;
  const [read, setRead] = useState<Read>({ of: "", lines: [], hasMore: false, error: null });
  const [wanted, readMore] = useReducer((count: number) => count + 1, 0);
  const [loadedFor, setLoadedFor] = useState("");
  const asked = `${identity} ${revision} ${wanted}`;
  useEffect(() => {
    const abort = new AbortController();
    const load = async () => {
      let seen: readonly LogLine[] = [];
      setRead((before) => ((seen = before.of === identity ? before.lines : []), before));
      const page = await readLogs(workspaceSlug, runId, { spanId, level, after: seen.at(-1)?.seq }, abort.signal);
      if (!abort.signal.aborted)
        setRead({ of: identity, lines: [...seen, ...page.data], hasMore: page.hasMore, error: null });
    };
    load()
      .catch((cause: unknown) => {
        if (abort.signal.aborted) return;
        const error = cause instanceof RequestError ? cause.message : "Try again.";
        setRead((before) => (before.of === identity ? { ...before, error } : { ...empty, of: identity, error }));
      })
      .finally(() => !abort.signal.aborted && setLoadedFor(asked));
    return () => abort.abort();
  }, [workspaceSlug, runId, spanId, level, identity, asked]);
  const own = read.of === identity ? read : empty;
  return { lines: own.lines, hasMore: own.hasMore, error: own.error, isLoading: loadedFor !== asked, readMore };
}

const empty: Read = { of: "", lines: [], hasMore: false, error: null };
