"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
import { followEvents } from "./event-stream.ts";
import { eventsPath, readRun, readTrace, RequestError } from "./run-requests.ts";
import { throttleTask } from "./throttle.ts";
import { toTraceColumns, type TraceColumns } from "./trace-columns.ts";

/** At most four increments a second, however fast the run writes. */
const refreshMs = 250;

export type TraceState = {
  run: Run;
  trace: TraceColumns | null;
  error: RequestError | null;
  retry: () => void;
  /** Asks for the newest state now, for example after an action of our own. */
  refresh: () => void;
};

/**
 * The run and its skeleton, kept current: loaded once, then by increments for as long as the run is not final. Spans that
 * arrive after the end are fetched once more, so that the last picture is the whole one.
 */
export function useTrace(workspaceSlug: string, initial: Run): TraceState {
  const [run, setRun] = useState(initial);
  const [trace, setTrace] = useState<TraceColumns | null>(null);
  const [error, setError] = useState<RequestError | null>(null);
  const [attempt, setAttempt] = useState(0);
  const ask = useRef<() => void>(() => {});
  const runId = initial.id;
  // Only a starting point: a newer one of the same run must not reload everything.
  const first = useRef(initial);

  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    let rev: number | null = null;
    let isEnded = isFinal(first.current.status);
    const load = async () => {
      try {
        const isFirst = rev === null;
        const [skeleton, fresh] = await Promise.all([
          readTrace(workspaceSlug, runId, rev, signal),
          isFirst && isEnded ? null : readRun(workspaceSlug, runId, signal),
        ]);
        if (signal.aborted) return;
        if (isFirst || skeleton.count > 0) setTrace(toTraceColumns(skeleton));
        rev = skeleton.rev;
        if (fresh) setRun(fresh);
        setError(null);
        const wasEnded = isEnded;
        isEnded = isFinal(skeleton.status) || (fresh !== null && isFinal(fresh.status));
        if (isEnded && !wasEnded) throttled.ask();
      } catch (cause) {
        if (signal.aborted) return;
        setError(cause instanceof RequestError ? cause : new RequestError("The trace could not be read.", 0, null));
      }
    };
    const throttled = throttleTask(load, refreshMs);
    ask.current = throttled.ask;
    throttled.ask();
    if (!isEnded)
      void followEvents(eventsPath(workspaceSlug, runId), signal, {
        onEvent: throttled.ask,
        onConnected: throttled.ask,
      }).then(throttled.ask);
    return () => {
      abort.abort();
      throttled.stop();
    };
  }, [workspaceSlug, runId, attempt]);

  const retry = useCallback(() => {
    setError(null);
    setAttempt((count) => count + 1);
  }, []);
  const refresh = useCallback(() => ask.current(), []);
  return { run, trace, error, retry, refresh };
}
