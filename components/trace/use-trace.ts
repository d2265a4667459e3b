"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { followEvents } from "#/components/data/follow-events.ts";
import { RequestError } from "#/components/data/request.ts";
import { eventsPath, readRun, readTrace } from "#/components/data/run-reads.ts";
import type { Run } from "#/lib/contract/run.ts";
import { isFinal } from "#/lib/contract/status.ts";
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

type Read = { run: Run; trace: TraceColumns; rev: number; isEnded: boolean };

/**
 * The run and its skeleton, kept current: loaded once, then by increments for as long as the run is not final. Spans that
 * arrive after the end are fetched once more, so that the last picture is the whole one.
 */
export function useTrace(workspaceSlug: string, initial: Run): TraceState {
  const runId = initial.id;
  const client = useQueryClient();
  const ask = useRef<() => void>(() => {});
  const wasEnded = useRef(isFinal(initial.status));
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ["trace", workspaceSlug, runId],
    structuralSharing: false,
    queryFn: ({ signal, queryKey }) =>
      readOn(workspaceSlug, initial, client.getQueryData<Read>(queryKey) ?? null, signal),
  });
  useEffect(() => {
    const abort = new AbortController();
    const load = async () => {
      // The first read may have begun before this request: wait for it, then read again.
      const isFirst = client.getQueryData(["trace", workspaceSlug, runId]) === undefined;
      await refetch();
      if (isFirst) await refetch();
    };
    const throttled = throttleTask(load, refreshMs);
    ask.current = throttled.ask;
    if (!wasEnded.current)
      void followEvents(eventsPath(workspaceSlug, runId), abort.signal, {
        onEvent: throttled.ask,
        onConnected: throttled.ask,
      }).then(throttled.ask);
    return () => {
      abort.abort();
      throttled.stop();
    };
  }, [client, workspaceSlug, runId, refetch]);
  const isEnded = data?.isEnded ?? false;
  useEffect(() => {
    if (isEnded && !wasEnded.current) ask.current();
    wasEnded.current ||= isEnded;
  }, [isEnded]);
  const retry = useCallback(() => void refetch(), [refetch]);
  const refresh = useCallback(() => ask.current(), []);
  return {
    ...{ run: data?.run ?? initial, trace: data?.trace ?? null, retry, refresh },
    error: error && (data || !isFetching) ? asRequestError(error) : null,
  };
}

/** The state after the known one; its trace stays the same object while nothing changed. */
async function readOn(workspaceSlug: string, initial: Run, known: Read | null, signal: AbortSignal): Promise<Read> {
  const isFinalFirst = known === null && isFinal(initial.status);
  const [skeleton, fresh] = await Promise.all([
    readTrace(workspaceSlug, initial.id, known?.rev ?? null, signal),
    isFinalFirst ? null : readRun(workspaceSlug, initial.id, signal),
  ]);
  const run = fresh ?? known?.run ?? initial;
  return {
    run,
    trace: known && skeleton.count === 0 ? known.trace : toTraceColumns(skeleton),
    rev: skeleton.rev,
    isEnded: isFinal(skeleton.status) || isFinal(run.status),
  };
}

function asRequestError(error: Error): RequestError {
  return error instanceof RequestError ? error : new RequestError("The trace could not be read.", 0, null);
}
